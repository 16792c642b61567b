// Where a parent types: the field with its draft, the reply or edit it belongs to, the bot's commands, attachments.

import { KINDS, summary } from "./bubble.js";
import { closePopUp, el, icon, iconButton, openMenu, popUp } from "./parts.js";
import { clockOf, lengthOf, record } from "./voice.js";

const FORWARDED = "Dit schreef iemand anders, in een ander gesprek.";

/**
 * The bar at the foot of one phone. `on` is what it asks of the chat: `say(text, replyTo)`, `edit(id, text)`,
 * `speak(sound, seconds, replyTo)`, `sendFile(file)`, `attach(kind)` and `forward(text)`, each a promise that rejects when the demo refuses;
 * `tell(text)`, which shows a line; and `lastOwn()`, the last message that can be edited.
 */
export class Composer {
  #frame;
  #on;
  #commands = [];
  #shown = [];
  #active = -1;
  #target = null; // { mode: "reply" | "edit", message }
  #draft = ""; // what was being typed when an edit began
  #field;
  #banner;
  #list;
  #menuButton;
  #sendButton;
  #file; // where a voice note is picked
  #document; // where a document is picked
  #recording = null; // what `record` gave
  #clock;

  constructor(frame, id, on) {
    this.#frame = frame;
    this.#on = on;
    const listId = `commands-${id}`;
    this.#field = el("textarea", {
      rows: "1",
      dir: "auto",
      placeholder: "Bericht",
      "aria-label": "Bericht",
      enterkeyhint: "send",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-controls": listId,
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
    });
    this.#banner = el("div", { class: "banner", hidden: true });
    this.#list = el("div", {
      class: "commands",
      id: listId,
      role: "listbox",
      tabindex: "-1",
      "aria-label": "Wat de bot kan",
      hidden: true,
      onkeydown: (event) => this.#listKey(event),
    });
    this.#menuButton = el(
      "button",
      {
        type: "button",
        class: "bot-menu",
        "aria-haspopup": "listbox",
        "aria-expanded": "false",
        "aria-controls": listId,
        "aria-label": "Menu van de bot",
        onclick: () => this.#toggleMenu(),
      },
      icon("menu"),
      el("span", {}, "Menu"),
    );
    this.#sendButton = iconButton("send", "Verstuur", { type: "submit", class: "round send", disabled: true });
    const speak = iconButton("voice", "Spreek in", { class: "round speak", onclick: () => this.#record() });
    this.#file = el("input", {
      type: "file",
      class: "voice-file",
      accept: "audio/*,video/ogg",
      hidden: true,
      "aria-label": "Spraakbericht uit een bestand",
      onchange: () => this.#picked(),
    });
    this.#document = el("input", {
      type: "file",
      class: "document-file",
      hidden: true,
      "aria-label": "Bestand",
      onchange: () => this.#pickedDocument(),
    });
    this.#clock = el("output", {}, "0:00");
    const recorder = el(
      "div",
      { class: "recorder", role: "group", "aria-label": "Opname" },
      this.#clock,
      iconButton("delete", "Gooi weg", { onclick: () => this.#endRecording() }),
      iconButton("send", "Verstuur opname", { class: "round send-voice", onclick: () => this.#sendRecording() }),
    );
    const attach = iconButton("attach", "Iets anders sturen", {
      "aria-haspopup": "menu",
      onclick: () => this.#openAttach(attach),
    });
    this.node = el(
      "form",
      { class: "composer", onsubmit: (event) => this.#submit(event) },
      this.#list,
      this.#banner,
      el(
        "div",
        { class: "composer-row" },
        this.#menuButton,
        el("div", { class: "field" }, this.#field, attach),
        this.#sendButton,
        speak,
      ),
      recorder,
      this.#file,
      this.#document,
    );
  }

  focus() {
    this.#field.focus({ preventScroll: true });
  }

  /** Takes the bot's commands as they are now; a reply to a message that is gone, or an edit of it, ends. */
  update(commands, messages) {
    this.#commands = commands;
    this.#menuButton.hidden = commands.length === 0;
    if (this.#target && !messages.some(({ id }) => id === this.#target.message.id)) this.#leaveTarget();
  }

  reply(message) {
    this.#leaveTarget();
    this.#aim("reply", message);
  }

  edit(message) {
    this.#leaveTarget();
    this.#draft = this.#field.value;
    this.#setText(message.text);
    this.#aim("edit", message);
  }

  #aim(mode, message) {
    this.#target = { mode, message };
    this.#banner.replaceChildren(
      icon(mode),
      el(
        "p",
        {},
        el("strong", {}, mode === "edit" ? "Bewerk je bericht" : "Antwoord"),
        el("span", { dir: "auto" }, summary(message)),
      ),
      iconButton("close", mode === "edit" ? "Stop met bewerken" : "Stop met antwoorden", {
        onclick: () => this.#cancel(),
      }),
    );
    this.#banner.hidden = false;
    this.focus();
  }

  #leaveTarget() {
    if (this.#target?.mode === "edit") this.#setText(this.#draft);
    this.#target = null;
    this.#banner.hidden = true;
  }

  #cancel() {
    this.#leaveTarget();
    this.focus();
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    if (text === "") return;
    const target = this.#target;
    if (target?.mode !== "edit") this.#setText("");
    this.#leaveTarget();
    this.#closeList();
    this.focus();
    try {
      if (target?.mode === "edit") await this.#on.edit(target.message.id, text);
      else await this.#on.say(text, target?.message.id);
    } catch {
      // The chat has shown why. What was typed must not be lost, unless something else was typed meanwhile.
      if (this.#field.value === "") {
        this.#setText(text);
        if (target) this.#aim(target.mode, target.message);
      }
    }
  }

  // Speaking. Where there is no microphone, a file is picked instead.

  async #record() {
    try {
      this.#recording = await record();
    } catch {
      this.#on.tell("Hier is geen microfoon. Kies een geluidsbestand.");
      this.#file.click();
      return;
    }
    this.node.classList.add("recording");
    const { seconds } = this.#recording;
    const show = () => (this.#clock.value = clockOf(seconds()));
    show();
    this.#recording.ticking = setInterval(show, 250);
    this.node.querySelector(".send-voice").focus();
  }

  /** Ends the recording; what was recorded is gone, unless `finish` was asked for. */
  async #endRecording(end = "cancel") {
    const recording = this.#recording;
    this.#recording = null;
    if (!recording) return null;
    clearInterval(recording.ticking);
    this.node.classList.remove("recording");
    this.focus();
    return recording[end]();
  }

  async #sendRecording() {
    const recorded = await this.#endRecording("finish");
    if (recorded) await this.#speak(recorded.sound, recorded.seconds);
  }

  async #picked() {
    const [file] = this.#file.files;
    if (!file) return;
    const seconds = await lengthOf(file);
    this.#file.value = "";
    await this.#speak(file, seconds);
  }

  async #speak(sound, seconds) {
    const replyTo = this.#target?.mode === "reply" ? this.#target.message.id : undefined;
    this.#leaveTarget();
    // What is refused has been said by the chat.
    await this.#on.speak(sound, seconds, replyTo).catch(() => {});
  }

  async #pickedDocument() {
    const [file] = this.#document.files;
    if (!file) return;
    this.#document.value = "";
    // What is refused has been said by the chat.
    await this.#on.sendFile(file).catch(() => {});
  }

  #typed() {
    this.#fit();
    const start = /^\/([a-z0-9_]*)$/i.exec(this.#field.value);
    if (start) this.#showList(start[1].toLowerCase(), 0);
    else this.#closeList();
  }

  #setText(text) {
    this.#field.value = text;
    this.#fit();
  }

  /** The field is as high as its text, up to the limit in the style sheet. */
  #fit() {
    this.#field.style.height = "auto";
    const { scrollHeight } = this.#field; // 0 while the phone is hidden
    if (scrollHeight > 0) this.#field.style.height = `${scrollHeight}px`;
    this.#sendButton.disabled = this.#field.value.trim() === "";
    this.node.classList.toggle("filled", this.#field.value !== "");
  }

  #key(event) {
    if (event.isComposing) return;
    if (!this.#list.hidden && this.#listKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.node.requestSubmit();
    } else if (event.key === "Escape" && this.#target) {
      this.#cancel();
    } else if (event.key === "ArrowUp" && this.#field.value === "" && !this.#target) {
      const message = this.#on.lastOwn();
      if (!message) return;
      event.preventDefault();
      this.edit(message);
    }
  }

  // The list of commands. While "/…" is typed the field keeps the focus and the list follows; the Menu button gives the
  // focus to the list itself.

  #toggleMenu() {
    if (!this.#list.hidden) return this.#closeList();
    this.#showList("", -1);
    this.#list.focus();
  }

  #showList(start, active) {
    this.#shown = this.#commands.filter(({ command }) => command.startsWith(start));
    if (this.#shown.length === 0) return this.#closeList();
    this.#list.replaceChildren(
      ...this.#shown.map(({ command, description }, index) =>
        el(
          "div",
          {
            role: "option",
            id: `${this.#list.id}-${index}`,
            class: "command-option",
            onclick: () => this.#pick(command),
          },
          el("span", { class: "command-name" }, `/${command}`),
          el("span", { class: "command-does" }, description),
        ),
      ),
    );
    if (this.#list.hidden) {
      this.#list.hidden = false;
      this.#menuButton.setAttribute("aria-expanded", "true");
      popUp(this.#list, this.node, () => this.#hideList());
    }
    this.#activate(active);
  }

  #activate(index) {
    this.#active = index;
    const options = [...this.#list.children];
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    options[index]?.scrollIntoView({ block: "nearest" });
    for (const holder of [this.#field, this.#list]) {
      if (options[index]) holder.setAttribute("aria-activedescendant", options[index].id);
      else holder.removeAttribute("aria-activedescendant");
    }
  }

  /** True when the key was one for the list. */
  #listKey(event) {
    const count = this.#shown.length;
    const command = this.#shown[this.#active]?.command;
    if (event.key === "ArrowDown") this.#activate((this.#active + 1) % count);
    else if (event.key === "ArrowUp") this.#activate(this.#active <= 0 ? count - 1 : this.#active - 1);
    else if (event.key === "Enter" && command) this.#pick(command);
    else if (event.key === "Tab" && !event.shiftKey && command) this.#complete(command);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #pick(command) {
    this.#closeList();
    this.#setText("");
    this.focus();
    this.#on.say(`/${command}`, undefined).catch(() => this.#setText(`/${command}`));
  }

  #complete(command) {
    this.#closeList();
    this.#setText(`/${command} `);
    this.focus();
  }

  #closeList() {
    if (!this.#list.hidden) closePopUp();
  }

  #hideList() {
    this.#list.hidden = true;
    this.#menuButton.setAttribute("aria-expanded", "false");
    this.#activate(-1);
  }

  #openAttach(button) {
    const kinds = Object.entries(KINDS).filter(([kind]) => kind !== "poll");
    // What is refused has been said by the chat; there is no draft to give back.
    const ask = (act) => () => act().catch(() => {});
    const pickers = { voice: this.#file, file: this.#document };
    openMenu({
      frame: this.#frame,
      opener: button,
      label: "Iets anders sturen",
      items: [
        ...kinds.map(([kind, label]) => ({
          label,
          icon: kind,
          act: kind in pickers ? () => pickers[kind].click() : ask(() => this.#on.attach(kind)),
        })),
        { label: "Doorgestuurde tekst", icon: "forward", act: ask(() => this.#on.forward(FORWARDED)) },
      ],
    });
  }
}
