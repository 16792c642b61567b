// The messages of one chat: drawn as they come, kept still under the reader's eye, within reach of finger, mouse and keys.

import { drawMessage } from "./bubble.js";
import { becomeChildren, dayOf, dayTitle, el, icon, keepChildren } from "./parts.js";

const NEAR_END_PX = 60;
const LONG_PRESS_MS = 450;
const SWIPE_PX = 56;
const DAY_FLOATS_MS = 1200;

/**
 * The scrolling part of a phone. `on` is told what the parent does: `press(button, message)` for a button in a message,
 * `menu(message, at)` for its menu at a point or rectangle of the window, `reply(message)`, `leave()` when the keyboard
 * goes back to where one types, and `read()` whenever what is unread may have changed.
 */
export class Log {
  #on;
  #messages = new Map(); // id → { node, drawn, message }
  #days = new Map(); // day → { node, title, list }
  #newest = 0;
  #lastRead = 0;
  #bots = []; // ids of the bot's messages
  #atEnd = true;
  #scrollTop = 0;
  #intro = el("div", { class: "intro" });
  #list = el("div", {
    class: "log",
    role: "log",
    "aria-live": "polite",
    "aria-relevant": "additions",
    tabindex: "-1",
  });
  #jump = el("button", { type: "button", class: "round jump", hidden: true, onclick: () => this.#leaveToEnd() });

  constructor(on) {
    this.#on = on;
    this.node = el("div", { class: "chat-body" }, this.#list, this.#jump);
    this.#watchScrolling();
    this.#list.addEventListener("click", (event) => this.#click(event));
    this.#list.addEventListener("contextmenu", (event) => this.#contextMenu(event));
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("focusin", ({ target }) => target.matches("[data-message]") && this.#rove(target));
    this.#list.addEventListener("pointerdown", (event) => this.#touch(event));
  }

  /** How many of the bot's messages came in below what was looked at. */
  get unread() {
    return this.#bots.filter((id) => id > this.#lastRead).length;
  }

  /** Takes what is there as read. */
  catchUp(messages) {
    this.#lastRead = Math.max(0, ...messages.map(({ id }) => id));
  }

  focus() {
    this.#list.focus({ preventScroll: true });
  }

  /** To be called when the phone comes into view: a hidden element forgets how far it was scrolled. */
  shown() {
    this.#list.scrollTop = this.#atEnd ? this.#list.scrollHeight : this.#scrollTop;
    this.#markRead();
  }

  /** Scrolls to a message and lights it up; false when it is not there any more. */
  jumpTo(id) {
    const node = this.#messages.get(id)?.node;
    node?.scrollIntoView({ block: "center" });
    node?.focus({ preventScroll: true });
    node?.animate({ backgroundColor: ["var(--flash)", "transparent"] }, 1500);
    return node !== undefined;
  }

  render(parent, bot, today) {
    const { messages } = parent;
    const wrote = messages.some(({ from, id }) => from === "parent" && id > this.#newest);
    this.#newest = Math.max(0, ...messages.map(({ id }) => id));
    this.#bots = messages.filter(({ from }) => from === "bot").map(({ id }) => id);
    this.#list.setAttribute("aria-label", `Gesprek van ${parent.name} met ${bot.name}`);
    this.#forgetBut(messages);
    if (messages.length === 0) {
      this.#drawIntro(bot);
      keepChildren(this.#list, [this.#intro]);
    } else {
      keepChildren(this.#list, this.#drawDays(parent, bot.name, today));
    }
    this.#rove(this.#list.querySelector(".message[tabindex='0']") ?? this.#messages.get(messages.at(-1)?.id)?.node);
    if (this.#atEnd || wrote) this.#toEnd();
    this.#markRead();
  }

  #forgetBut(messages) {
    const present = new Set(messages.map(({ id }) => id));
    for (const id of [...this.#messages.keys()]) if (!present.has(id)) this.#messages.delete(id);
  }

  /** What Telegram shows before the first message. */
  #drawIntro({ name, description, short_description: short }) {
    becomeChildren(this.#intro, [
      el("span", { class: "avatar bot-avatar large", "aria-hidden": "true" }, icon("heart")),
      el("h3", {}, name),
      el("p", { class: "intro-text", dir: "auto" }, description || short),
    ]);
  }

  /** The elements of the days, each with its messages. */
  #drawDays({ messages, pending_tap: pending }, botName, today) {
    const lastOfBot = messages.findLastIndex(({ from }) => from === "bot");
    const byDay = new Map();
    messages.forEach((message, index) => {
      const look = {
        joined: belongTogether(messages[index - 1], message),
        tail: !belongTogether(message, messages[index + 1]),
        read: message.from === "parent" && (message.reaction !== null || index < lastOfBot),
        pending: pending?.message === message.id ? pending : null,
      };
      const day = dayOf(message.time);
      if (!byDay.has(day)) byDay.set(day, []);
      byDay.get(day).push(this.#drawMessage(message, look, botName));
    });
    for (const day of [...this.#days.keys()]) if (!byDay.has(day)) this.#days.delete(day);
    return [...byDay].map(([day, nodes]) => {
      if (!this.#days.has(day)) this.#days.set(day, newDay());
      const { node, title, list } = this.#days.get(day);
      const name = dayTitle(day, today);
      // Setting the same text again would make a screen reader say it again.
      if (title.textContent !== name) title.textContent = name;
      keepChildren(list, nodes);
      return node;
    });
  }

  #drawMessage(message, look, botName) {
    let entry = this.#messages.get(message.id);
    if (!entry) {
      entry = { node: el("div", { "data-message": message.id, tabindex: "-1" }), drawn: null };
      // What was there when the page came up stands still; what comes later comes in.
      if (this.#messages.size > 0 && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
        entry.node.animate({ opacity: [0, 1], translate: ["0 8px", "0 0"] }, 160);
      }
      this.#messages.set(message.id, entry);
    }
    const drawn = JSON.stringify([message, look, botName]);
    if (drawn !== entry.drawn) drawMessage(entry.node, message, look, botName);
    entry.drawn = drawn;
    entry.message = message;
    return entry.node;
  }

  // Scrolling. Who is at the end stays there, whatever comes in; who reads further up is left alone.

  #watchScrolling() {
    const list = this.#list;
    let [height, width, resting] = [0, 0, 0];
    const onScroll = () => {
      // The field grows, the keyboard comes up, the window turns: that is not the reader scrolling.
      if (list.clientHeight !== height || list.clientWidth !== width) return;
      list.classList.add("scrolling"); // the day floats above the messages as long as they move
      clearTimeout(resting);
      resting = setTimeout(() => list.classList.remove("scrolling"), DAY_FLOATS_MS);
      this.#scrollTop = list.scrollTop;
      this.#atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
      this.#markRead();
    };
    list.addEventListener("scroll", onScroll, { passive: true });
    const observer = new ResizeObserver(() => {
      ({ clientHeight: height, clientWidth: width } = list);
      if (this.#atEnd) this.#toEnd();
    });
    observer.observe(list);
    document.addEventListener("visibilitychange", () => this.#markRead());
  }

  #toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #leaveToEnd() {
    this.#toEnd();
    this.#on.leave();
  }

  #markRead() {
    const seen = this.node.offsetParent !== null && !document.hidden;
    if (this.#atEnd && seen) this.#lastRead = Math.max(this.#lastRead, this.#newest);
    const { unread } = this;
    this.#jump.hidden = this.#atEnd;
    this.#jump.ariaLabel = unread > 0 ? `Naar het einde, ${unread} nieuw` : "Naar het einde";
    const badge = unread > 0 ? [el("span", { class: "badge" }, String(unread))] : [];
    becomeChildren(this.#jump, [icon("down"), ...badge]);
    this.#on.read();
  }

  // Finger, mouse and keys.

  #click(event) {
    const button = event.target.closest("button");
    const message = this.#messageAt(event);
    if (button && message) this.#on.press(button, message);
  }

  #contextMenu(event) {
    const message = this.#messageAt(event);
    if (!message || event.target.closest("a")) return; // a link keeps the browser's own menu
    event.preventDefault();
    const byKey = event.clientX === 0 && event.clientY === 0;
    this.#on.menu(message, byKey ? this.#bubbleOf(message) : { left: event.clientX, top: event.clientY });
  }

  #key(event) {
    if (event.key === "Escape") this.#on.leave();
    const node = event.target.closest("[data-message]");
    if (event.target !== node) return;
    const message = this.#messageAt(event);
    const nodes = [...this.#list.querySelectorAll("[data-message]")];
    const at = nodes.indexOf(node);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: nodes.length - 1 }[event.key];
    if (to !== undefined) nodes[to]?.focus();
    else if (event.key === "Enter" && message) this.#on.menu(message, this.#bubbleOf(message));
    else return;
    event.preventDefault();
  }

  /** A finger on a message: held it opens the menu, moved to the left it starts a reply. */
  #touch(event) {
    const message = this.#messageAt(event);
    if (event.pointerType !== "touch" || !message || event.target.closest("a, button")) return;
    const { node } = this.#messages.get(message.id);
    const { clientX: left, clientY: top } = event;
    let moved = 0;
    const gesture = new AbortController();
    const { signal } = gesture;
    const hold = () => {
      gesture.abort();
      this.#on.menu(message, { left, top });
    };
    const move = ({ clientX, clientY }) => {
      moved = Math.max(0, Math.min(left - clientX, SWIPE_PX + 16));
      if (Math.hypot(left - clientX, top - clientY) > 8) clearTimeout(held);
      node.style.translate = moved > 12 ? `${-moved}px` : "";
    };
    const lift = () => {
      gesture.abort();
      if (moved >= SWIPE_PX) this.#on.reply(message);
    };
    const held = setTimeout(hold, LONG_PRESS_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(held);
      node.style.translate = "";
    });
    document.addEventListener("pointermove", move, { signal });
    document.addEventListener("pointerup", lift, { signal });
    document.addEventListener("pointercancel", () => gesture.abort(), { signal });
  }

  /** The message an event is about; a line of the service has nothing to offer. */
  #messageAt({ target }) {
    const id = target.closest("[data-message]")?.dataset.message;
    const message = this.#messages.get(Number(id))?.message;
    return message?.kind === "service" ? undefined : message;
  }

  #bubbleOf({ id }) {
    return this.#messages.get(id).node.querySelector(".bubble").getBoundingClientRect();
  }

  /** One message takes part in the Tab order; the arrow keys go from there. */
  #rove(node) {
    if (!node || node.tabIndex === 0) return;
    for (const other of this.#list.querySelectorAll(".message[tabindex='0']")) other.tabIndex = -1;
    node.tabIndex = 0;
  }
}

function newDay() {
  const title = el("h3", { class: "chip day-title" });
  const list = el("div", { class: "day-messages" });
  return { node: el("section", { class: "day" }, title, list), title, list };
}

/** Two messages in a row stand close, as one turn of one side; buttons end a turn. */
function belongTogether(above, below) {
  if (!above || !below) return false;
  const service = above.kind === "service" || below.kind === "service";
  return !service && above.from === below.from && dayOf(above.time) === dayOf(below.time) && above.buttons.length === 0;
}
