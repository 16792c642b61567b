// One parent's phone: the chat with the bot as Telegram would keep it for that parent.

import { Composer } from "./composer.js";
import { Log } from "./log.js";
import { closePopUp, dayOf, el, icon, iconButton, openMenu, popUp, post, send, toast } from "./parts.js";

const REACTIONS = ["❤", "👍", "🙏", "😢", "😁", "🔥"];

/**
 * The phone of parent `id`. `node` is its element; `render` brings it up to date with a snapshot and touches only what
 * changed, so that a draft, the focus and the place in the chat stay as they are. `goBack` leaves for the list of
 * parents; `onRead` hears whenever `unread` may have changed.
 */
export class Chat {
  #id;
  #parent = null;
  #bot = null;
  #seenToast = 0;
  #title = el("h2", { class: "chat-title" });
  #status = el("p", { class: "chat-status" });
  #toasts = el("div", { class: "toasts", role: "status" });
  #foot = el("footer", { class: "foot" });
  #log;
  #composer;

  constructor(id, { goBack, onRead }) {
    this.#id = id;
    this.node = el("section", { class: "phone", hidden: true });
    this.#log = new Log({
      press: (button, message) => this.#press(button, message),
      menu: (message, at) => this.#openMessageMenu(message, at),
      reply: (message) => this.#composer.reply(message),
      leave: () => this.focus(),
      read: onRead,
    });
    this.#composer = new Composer(this.node, id, {
      say: (text, replyTo) => this.#ask("say", { text, reply_to: replyTo }),
      edit: (message, text) => this.#ask("edit", { message, text }),
      speak: (sound, seconds, replyTo) => this.#speak(sound, seconds, replyTo),
      tell: (text) => toast(this.#toasts, text),
      sendFile: (file) => this.#sendFile(file),
      attach: (kind) => this.#ask(kind),
      forward: (text) => this.#ask("forward", { text }),
      lastOwn: () => this.#parent.messages.findLast(canEdit),
    });
    this.#log.node.append(this.#toasts);
    this.node.append(this.#head(goBack), this.#log.node, this.#foot);
  }

  #head(goBack) {
    const more = iconButton("more", "Meer", { "aria-haspopup": "menu", onclick: () => this.#openHeadMenu(more) });
    return el(
      "header",
      { class: "chat-head" },
      iconButton("back", "Naar de lijst van ouders", { class: "round back", onclick: goBack }),
      el("span", { class: "avatar bot-avatar", "aria-hidden": "true" }, icon("heart")),
      el("div", { class: "chat-name" }, this.#title, this.#status),
      more,
    );
  }

  /** How many of the bot's messages came in below what was looked at. */
  get unread() {
    return this.#log.unread;
  }

  /** Takes what is there as seen: at the page's start, and after the connection was lost. */
  catchUp({ toasts, messages }) {
    this.#seenToast = Math.max(0, ...toasts.map(({ id }) => id));
    this.#log.catchUp(messages);
  }

  show() {
    if (!this.node.hidden) return;
    this.node.hidden = false;
    this.#log.shown();
  }

  hide() {
    this.node.hidden = true;
  }

  /** To where one types or begins. On a touch screen that calls up the keyboard, so there it is the chat itself. */
  focus() {
    const touch = matchMedia("(pointer: coarse)").matches;
    const field = this.#foot.querySelector("textarea") ?? this.#foot.querySelector("button");
    if (touch || !field) this.#log.focus();
    else field.focus({ preventScroll: true });
  }

  render(parent, bot, now) {
    this.#parent = parent;
    this.#bot = bot;
    const keepFocus = this.#holdFocus();
    this.node.setAttribute("aria-label", `De telefoon van ${parent.name}`);
    this.#title.textContent = bot.name;
    this.#status.textContent = parent.typing ? "typt…" : `bot · jij bent ${parent.name}`;
    this.#status.classList.toggle("typing", parent.typing);
    this.#composer.update(parent.commands, parent.messages);
    this.#log.render(parent, bot, dayOf(now));
    this.#renderFoot();
    keepFocus();
    for (const { id, text, alert } of parent.toasts.filter(({ id }) => id > this.#seenToast)) {
      this.#seenToast = id;
      if (alert) this.#alert(text);
      else toast(this.#toasts, text);
    }
  }

  #renderFoot() {
    const { blocked, messages } = this.#parent;
    const state = blocked ? "blocked" : messages.length === 0 ? "empty" : "open";
    if (this.#foot.dataset.state === state) return;
    this.#foot.dataset.state = state;
    const big = (label, act) => el("button", { type: "button", class: "big", onclick: act }, label);
    const content = {
      blocked: () => big("Deblokkeer de bot", () => this.#try("block", { blocked: false })),
      empty: () => big("Start", () => this.#try("say", { text: "/start" })),
      open: () => this.#composer.node,
    };
    this.#foot.replaceChildren(content[state]());
  }

  /** Remembers where the focus is; the function it returns finds the nearest place if what had it is gone. */
  #holdFocus() {
    const focused = document.activeElement;
    const message = focused.closest("[data-message]");
    const here = this.node.contains(focused);
    return () => {
      if (!here || focused.isConnected) return;
      if (message?.isConnected) message.focus({ preventScroll: true });
      else this.focus();
    };
  }

  #alert(text) {
    const ok = el("button", { type: "button", class: "big", onclick: closePopUp }, "OK");
    const attributes = { class: "alert", role: "alertdialog", "aria-label": this.#bot.name };
    const panel = el("div", attributes, el("p", { dir: "auto" }, text), ok);
    this.node.append(panel);
    popUp(panel, null, () => panel.remove());
    if (!this.node.hidden) ok.focus();
  }

  // What the parent does.

  /** Asks the demo for something in this parent's name; a refusal is shown as a toast, and passed on. */
  async #ask(what, body = {}) {
    try {
      await post(`/api/${what}`, { parent: this.#id, ...body });
    } catch (error) {
      toast(this.#toasts, error.message);
      throw error;
    }
  }

  async #speak(sound, seconds, replyTo) {
    const about = new URLSearchParams({ parent: this.#id, seconds });
    if (replyTo !== undefined) about.set("reply_to", replyTo);
    try {
      // Whatever the browser calls it, the demo looks at the sound itself.
      await send(`/api/voice?${about}`, "audio/ogg", sound);
    } catch (error) {
      toast(this.#toasts, error.message);
      throw error;
    }
  }

  async #sendFile(file) {
    const about = new URLSearchParams({ parent: this.#id, name: file.name });
    try {
      await send(`/api/file?${about}`, "application/octet-stream", file);
    } catch (error) {
      toast(this.#toasts, error.message);
      throw error;
    }
  }

  #try(what, body) {
    this.#ask(what, body).catch(() => {});
  }

  #press(button, message) {
    const { tap, jump, command, react, reply } = button.dataset;
    if (tap) {
      const [row, column] = tap.split(",").map(Number);
      if (button.ariaBusy !== "true") this.#try("tap", { message: message.id, row, column });
    } else if (jump) {
      if (!this.#log.jumpTo(Number(jump))) toast(this.#toasts, "Dat bericht staat hier niet meer.");
    } else if (command) this.#try("say", { text: command });
    else if (react) this.#try("react", { message: message.id, emoji: null });
    else if (reply !== undefined) this.#composer.reply(message);
  }

  #openMessageMenu(message, at) {
    const { id, text, own_reaction: chosen } = message;
    const mine = message.from === "parent";
    openMenu({
      frame: this.node,
      at,
      label: "Bericht",
      emoji: {
        choices: REACTIONS,
        chosen,
        act: (emoji) => this.#try("react", { message: id, emoji: emoji === chosen ? null : emoji }),
      },
      items: [
        { label: "Beantwoord", icon: "reply", act: () => this.#composer.reply(message) },
        message.sound && {
          label: "Stuur door",
          icon: "forward",
          act: () => this.#try("forward", { message: id }),
        },
        text && { label: "Kopieer tekst", icon: "copy", act: () => this.#copy(text) },
        canEdit(message) && { label: "Bewerk", icon: "edit", act: () => this.#composer.edit(message) },
        mine && { label: "Verwijder", icon: "delete", danger: true, act: () => this.#try("delete", { message: id }) },
      ].filter(Boolean),
    });
  }

  #openHeadMenu(button) {
    const { blocked } = this.#parent;
    const label = blocked ? "Deblokkeer de bot" : "Blokkeer de bot";
    const act = () => this.#try("block", { blocked: !blocked });
    openMenu({
      frame: this.node,
      opener: button,
      label: "Meer",
      items: [{ label, icon: "block", danger: !blocked, act }],
    });
  }

  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast(this.#toasts, "Gekopieerd.");
    } catch {
      toast(this.#toasts, "Kopiëren mag hier niet van de browser.");
    }
  }
}

/** Whether it is a text that the parent wrote here: what Telegram lets one edit. */
const canEdit = ({ from, kind, forwarded_from: forwarded }) => from === "parent" && kind === "text" && !forwarded;
