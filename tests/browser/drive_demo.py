#!/usr/bin/env python3
"""Lives one evening of a parent in the demo's page, in headless Chromium, and keeps pictures of it.

    cargo build --release && tests/browser/drive_demo.py            # starts the demo itself
    tests/browser/drive_demo.py http://127.0.0.1:8080 --shots DIR   # drives a demo that runs

The parent starts the bot, says yes, chooses time, days and side, moves the clock to the first prompt, answers by
keyboard, edits the answer, adds a second one by reply-to, sends a voice note from a file, waits for the hearts, reads
and hears all of it in the journal. A writer looks at a prompt on the shelf. A second parent then starts in a phone beside
the first. The demo must be fresh: no parent has written yet.

Ends with 0 when all of it was seen, and with 1 and a sentence when something was not (and then `failure.png` shows the
page). Where there is no Chromium it says so and ends with 0. Needs Python 3.9 or later, no packages; see webdriver.py.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from webdriver import Browser, Failure, programs

BINARY = Path(__file__).resolve().parents[2] / "target" / "release" / "voel-eerst"

# What the parent reads and taps. These are the sentences of prompts/nl; who changes them there changes them here.
WELCOME = "Mag ik je antwoorden bewaren?"
CONSENT = "Ja, bewaar. Ik ben 18+"
ASK_TIME, TIME = "Hoe laat past een vraag bij jou?", "19:30"
ASK_DAYS, DAYS = "Op welke dagen?", "Drie keer: ma, wo en za"
ASK_SIDE, SIDE = "Wat herken je bij jezelf?", "Ik zoek vaak nabijheid"
DONE = "Klaar. Je eerste vraag komt"
PROMPT_BUTTONS = ["Straks", "Andere vraag", "Sla over"]
FIRST_ACK = "Het hartje betekent: bewaard."
JOURNAL = "Je dagboek, nieuwste eerst."
SPOKEN, LISTEN = "Gesproken, 0:01", "Luister"

REPLY = "Eerst een steek. Toen trots."
EDIT = " En daarna een lach."
SECOND_LINES = ("Later op de fiets zong ze.", "Ik zong mee 🚲")

SECOND_PARENT = "Bram de Wit"

SHELF_ID, SHELF_TITLE = "herstel-na-de-haast", "Na de haast"

PHONE_SIZE, WIDE_SIZE = (390, 844), (1280, 800)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument(
        "address", nargs="?", help="of a demo that runs; without it, target/release/voel-eerst is started"
    )
    options.add_argument(
        "--shots", type=Path, default=Path("target/browser"), help="folder for the pictures (default: %(default)s)"
    )
    chosen = options.parse_args()
    if (found := programs()) is None:
        print("skipped: the browser test needs chromium and chromedriver, and one of them is not installed")
        return 0
    chosen.shots.mkdir(parents=True, exist_ok=True)
    try:
        with demo(chosen.address) as address, Browser(*found) as browser:
            live_an_evening(browser, address, chosen.shots)
    except Failure as failure:
        print(f"failed: {failure}", file=sys.stderr)
        return 1
    print(f"the demo's page does what it should; pictures are in {chosen.shots}")
    return 0


@contextmanager
def demo(address):
    """The address given, or that of a demo which runs as long as the block."""
    if address:
        yield address
        return
    if not BINARY.exists():
        raise Failure(f"expected the demo at {BINARY}; build it with: cargo build --release")
    # What it logs goes to a file: a pipe that nobody reads would fill up and stop it.
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen([BINARY, "demo", "--port", "0"], stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            printed = []
            for line in process.stdout:
                printed.append(line)
                if found := re.search(r"http://[\d.]+:\d+", line):
                    yield found.group()
                    break
            else:
                log.seek(0)
                raise Failure(f"expected the demo to print its address; it ended with: {''.join(printed)}{log.read()}")
        finally:
            process.terminate()
            process.wait(10)


def live_an_evening(browser, address, shots):
    page = Page(browser)
    try:
        onboarding(page, address, shots)
        first_prompt(page, shots)
        voice_note(page)
        journal(page, shots)
        next_prompt_keeps_the_draft(page)
        shelf(page, shots)
        two_parents(page, shots)
        if complaints := browser.complaints():
            raise Failure(f"expected no error on the console; found: {complaints}")
    except Failure as failure:
        browser.screenshot(shots / "failure.png")
        raise Failure(f"{failure}\nthe chat at that moment:\n{page.chat()}") from None


def onboarding(page, address, shots):
    page.browser.look(*PHONE_SIZE)
    page.browser.open(address)
    page.press_start()
    page.expect(WELCOME)
    page.picture(shots / "phone-light-welcome.png")
    page.tap(CONSENT)
    page.expect(ASK_TIME)
    page.tap(TIME)
    page.expect(ASK_DAYS)
    page.tap(DAYS)
    page.expect(ASK_SIDE)
    page.tap(SIDE)
    page.expect(DONE)
    page.picture(shots / "phone-light-onboarded.png")


def first_prompt(page, shots):
    page.next_prompt()
    prompt = page.expect_prompt(after=0)
    date, time = page.now()
    if time != TIME or date[:2] not in ("ma", "wo", "za"):
        raise Failure(f"expected the prompt at {TIME} on ma, wo or za; found {date} {time}")
    page.picture(shots / "phone-light-prompt.png")
    page.say(REPLY)
    first = page.expect_own(REPLY)
    page.expect_heart(first)
    page.expect(FIRST_ACK)
    # By keyboard: the arrow takes the last own message back into the field.
    page.browser.type("ArrowUp")
    page.wait("the last own message in the field, to be edited", f"return {FIELD}.value === arguments[0]", REPLY)
    page.browser.type(EDIT, "Enter")
    page.expect_own(REPLY + EDIT)
    page.wait("the mark that the message was edited", f"return {MESSAGE}.textContent.includes('bewerkt')", first)
    # And by reply-to: the prompt's own menu opens with Enter, and its first item is the reply.
    page.wait("the prompt", f"{MESSAGE}.focus(); return true", prompt)
    page.browser.type("Enter", "Enter")
    page.wait("a banner above the field", "return phone.querySelector('.banner:not([hidden])')")
    page.say(SECOND_LINES[0], "Shift+Enter", SECOND_LINES[1])
    second = page.expect_own(SECOND_LINES[1])
    page.wait("the quotation of the prompt", f"return {MESSAGE}.querySelector('.quote')", second)
    page.expect_heart(second)
    page.picture(shots / "phone-light-reply.png")


def voice_note(page):
    # The beginning of a recording by Telegram's apps. How long it is cannot be read from it, so it counts as one second.
    with tempfile.NamedTemporaryFile(suffix=".ogg") as file:
        file.write(b"OggS" + bytes(600))
        file.flush()
        page.browser.pick(page.wait("where a voice note is picked", "return phone.querySelector('.voice-file')"), file.name)
        page.expect_heart(page.expect_voice("own"))
    page.say("/dagboek")
    page.expect(SPOKEN)
    page.tap(LISTEN)
    page.expect_voice("bot")


def journal(page, shots):
    page.say("/dagboek")
    page.expect(JOURNAL)
    for text in (REPLY + EDIT, *SECOND_LINES):
        page.expect(text)
    page.picture(shots / "phone-light-journal.png")
    page.browser.look(*PHONE_SIZE, scheme="dark")
    page.picture(shots / "phone-dark-journal.png")
    page.browser.look(*PHONE_SIZE)


def next_prompt_keeps_the_draft(page):
    draft = "een begin"
    page.wait("the field", f"{FIELD}.focus(); return true")
    page.browser.type(draft)
    last = page.expect(JOURNAL)
    page.next_prompt()
    page.expect_prompt(after=last)
    page.wait("the draft, kept while messages come in", f"return {FIELD}.value === arguments[0]", draft)


def shelf(page, shots):
    """Every prompt by theme; one as it comes, with what comes after it. The parent's chat stays as it is."""
    before = page.chat()
    browser = page.browser
    browser.click(browser.wait("the way to the shelf", "return document.querySelector('.shelf-open')"))
    browser.wait("the themes", "return document.querySelectorAll('.shelf-list summary').length >= 8")
    page.picture(shots / "shelf-phone-list.png")
    choose = f"""
        const found = document.querySelector(`[data-prompt='{SHELF_ID}']`);
        if (found) found.closest('details').open = true;
        return found"""
    browser.click(browser.wait(f"the prompt {SHELF_ID}", choose))
    browser.wait(
        "its bubble", "return document.querySelector('.shelf-shown .bubble')?.textContent.includes(arguments[0])", SHELF_TITLE
    )
    page.picture(shots / "shelf-phone-prompt.png")
    told = browser.run("return document.querySelector('.shelf-after').innerText")
    for part in (*PROMPT_BUTTONS, "een antwoord", "Nog een vraag", "Een hartje: bewaard."):
        if part not in told:
            raise Failure(f"expected {part!r} among what comes after the prompt; found: {told}")
    for size, scheme, name in ((WIDE_SIZE, "light", "wide"), (WIDE_SIZE, "dark", "wide-dark"), (PHONE_SIZE, "light", "end")):
        browser.look(*size, scheme=scheme)
        if name == "end":
            browser.run("document.querySelector('.shelf-after').scrollIntoView({ block: 'end' })")
        page.picture(shots / f"shelf-{name}.png")
    browser.click(browser.wait("the way out", "return document.querySelector('.shelf-close')"))
    browser.wait("the shelf to go", "return !document.querySelector('.shelf').open")
    if page.chat() != before:
        raise Failure("expected the parent's chat to stay as it was")


def two_parents(page, shots):
    page.browser.look(*WIDE_SIZE)
    page.browser.run("document.querySelector('.add-parent input').focus()")
    page.browser.type(SECOND_PARENT, "Enter")
    second = Page(page.browser, SECOND_PARENT)
    second.press_start()
    second.expect(WELCOME)
    shown = page.browser.run("return document.querySelectorAll('.phone:not([hidden])').length")
    if shown < 2:
        raise Failure(f"expected two phones side by side; found {shown}")
    second.picture(shots / "wide-light.png")
    page.browser.look(*WIDE_SIZE, scheme="dark")
    second.picture(shots / "wide-dark.png")


# Places in a phone, as expressions of JavaScript; MESSAGE is the one whose number is the script's first argument.
FIELD = "phone.querySelector('textarea')"
MESSAGE = "phone.querySelector(`[data-message='${arguments[0]}']`)"


class Page:
    """What a parent sees and does in one phone: that of `owner`, or the first one shown."""

    def __init__(self, browser, owner=None):
        self.browser = browser
        label = f'[aria-label$="{owner}"]' if owner else ""
        self._phone = f"document.querySelector('.phone{label}:not([hidden])')"

    def wait(self, what, script, *args):
        """As the browser's own `wait`; in the script, `phone` is this phone."""
        return self.browser.wait(what, f"const phone = {self._phone}; if (!phone) return null; {script}", *args)

    def press_start(self):
        script = "return [...phone.querySelectorAll('.foot .big')].find((node) => node.textContent === 'Start')"
        self.browser.click(self.wait("a phone with a Start button", script))

    def say(self, *texts):
        self.wait("the field", f"{FIELD}.focus(); return true")
        self.browser.type(*texts, "Enter")

    def tap(self, label):
        """Taps the newest button with this label."""
        script = """
            const found = [...phone.querySelectorAll('[data-tap]')].findLast((node) => node.innerText === arguments[0]);
            found?.scrollIntoView({ block: 'center' });
            return found"""
        self.browser.click(self.wait(f"a button {label!r}", script, label))

    def next_prompt(self):
        script = "return document.querySelector('[data-clock=next]:enabled')"
        self.browser.click(self.wait("a clock that can go to the next prompt", script))

    def now(self):
        return self.browser.run(
            "return ['date', 'time'].map((part) => document.querySelector(`.demo-${part}`).innerText)"
        )

    def expect(self, text):
        """The number of the bot's newest message that holds the text."""
        return self._expect(f"a message of the bot with {text!r}", "bot", text)

    def expect_own(self, text):
        return self._expect(f"an own message {text!r}", "own", text)

    def _expect(self, what, side, text):
        script = """
            const bubbles = [...phone.querySelectorAll(`.message.${arguments[0]} .bubble`)];
            const found = bubbles.findLast((bubble) => bubble.textContent.includes(arguments[1]));
            return found?.closest('[data-message]').dataset.message"""
        return int(self.wait(what, script, side, text))

    def expect_voice(self, side):
        """The number of the newest voice note of the parent ("own") or of the bot ("bot")."""
        script = """
            const found = [...phone.querySelectorAll(`.message.${arguments[0]} audio`)].at(-1);
            return found?.closest('[data-message]').dataset.message"""
        return int(self.wait(f"a voice note in a message of class {side}", script, side))

    def expect_prompt(self, after):
        """The number of the bot's newest message with a prompt's buttons, if newer than the message `after`."""
        script = """
            const found = [...phone.querySelectorAll('.message.bot')].findLast((node) => {
                const labels = [...node.querySelectorAll('[data-tap]')].map((button) => button.innerText);
                return node.dataset.message > arguments[0] && arguments[1].every((label) => labels.includes(label));
            });
            return found?.dataset.message"""
        return int(self.wait(f"a new prompt with the buttons {PROMPT_BUTTONS}", script, after, PROMPT_BUTTONS))

    def expect_heart(self, number):
        script = f"""return {MESSAGE}.querySelector('[data-reaction="\\u2764"]')"""
        self.wait("the bot's heart below the reply", script, number)

    def chat(self):
        return self.browser.run(f"return {self._phone}?.querySelector('.log').innerText ?? document.body.innerText")

    def picture(self, path):
        """A picture, once nothing moves any more and no toast covers anything."""
        script = "return !document.querySelector('.toast, .scrolling') && document.getAnimations().length === 0"
        self.wait("the page to come to rest", script)
        self.browser.screenshot(path)


if __name__ == "__main__":
    sys.exit(main())
