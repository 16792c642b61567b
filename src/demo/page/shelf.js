// The writer's shelf: every prompt by theme, and how one comes. Nothing here touches a parent's chat.

import { drawMessage } from "./bubble.js";
import { becomeChildren, el, iconButton } from "./parts.js";

const DAY = "2026-03-02"; // any day: a bubble shows the time alone

export class Shelf {
  #dialog = document.querySelector(".shelf");
  #languages = document.querySelector(".shelf-language");
  #refused = document.querySelector(".shelf-refused");
  #list = document.querySelector(".shelf-list");
  #shown = document.querySelector(".shelf-shown");
  #version = null;
  #botName = "";
  #language = null;
  #chosen = null;
  #open = new Set(); // names of the themes that are open

  constructor() {
    document.querySelector(".shelf-open").addEventListener("click", () => this.#show());
    document.querySelector(".shelf-close").addEventListener("click", () => this.#dialog.close());
    this.#languages.addEventListener("change", () => {
      this.#language = this.#languages.value;
      this.#load();
    });
  }

  /** Hears which version of the prompts the bot says now, and shows what is new. */
  update(version, botName) {
    this.#botName = botName;
    if (version === this.#version) return;
    this.#version = version;
    if (this.#dialog.open) this.#load();
  }

  async #show() {
    this.#dialog.showModal();
    await this.#load();
  }

  async #load() {
    try {
      const { refused, languages } = await get("/api/prompts");
      this.#refused.hidden = refused === null;
      this.#refused.textContent = refused ?? "";
      this.#renderLanguages(languages);
      this.#renderList(languages.find(({ tag }) => tag === this.#language).themes);
      await this.#renderShown();
    } catch (error) {
      this.#shown.replaceChildren(el("p", { class: "shelf-hint" }, error.message));
    }
  }

  #renderLanguages(languages) {
    if (!languages.some(({ tag }) => tag === this.#language)) this.#language = languages[0].tag;
    const options = languages.map(({ tag, name }) => el("option", { value: tag, selected: tag === this.#language }, name));
    becomeChildren(this.#languages, options);
    this.#languages.value = this.#language;
    this.#languages.hidden = languages.length < 2;
  }

  #renderList(themes) {
    if (this.#open.size === 0) this.#open.add(themes[0].name);
    const nodes = themes.map(({ name, prompts }) =>
      el(
        "details",
        {
          open: this.#open.has(name),
          ontoggle: ({ target }) => (target.open ? this.#open.add(name) : this.#open.delete(name)),
        },
        el("summary", {}, name, el("small", {}, String(prompts.length))),
        ...prompts.map(({ id, title }) =>
          el(
            "button",
            {
              type: "button",
              class: "shelf-prompt",
              "data-prompt": id,
              "aria-current": String(id === this.#chosen),
              onclick: () => this.#choose(id),
            },
            title,
          ),
        ),
      ),
    );
    const top = this.#list.scrollTop;
    this.#list.replaceChildren(...nodes);
    this.#list.scrollTop = top;
  }

  #choose(id) {
    this.#chosen = id;
    for (const button of this.#list.querySelectorAll("[data-prompt]"))
      button.ariaCurrent = String(button.dataset.prompt === id);
    this.#renderShown();
  }

  async #renderShown() {
    this.#dialog.dataset.view = this.#chosen === null ? "list" : "prompt";
    if (this.#chosen === null) {
      const hint = "Kies een vraag. Je ziet hoe ze komt, en wat er daarna kan.";
      this.#shown.replaceChildren(el("p", { class: "shelf-hint" }, hint));
      return;
    }
    const asked = this.#chosen;
    let preview;
    try {
      preview = await get(`/api/prompts/${this.#language}/${encodeURIComponent(asked)}`);
    } catch (error) {
      preview = null;
      if (asked === this.#chosen) this.#shown.replaceChildren(this.#back(), el("p", { class: "shelf-hint" }, error.message));
    }
    if (preview === null || asked !== this.#chosen) return;
    this.#shown.replaceChildren(...this.#parts(preview));
  }

  #back() {
    return iconButton("back", "Naar alle vragen", { class: "round shelf-back", onclick: () => this.#choose(null) });
  }

  #parts({ id, theme, side, moment, locked, time, text, buttons, after }) {
    return [
      el("header", { class: "shelf-about" }, this.#back(), el("div", {}, el("h3", {}, theme), el("p", {}, `${id} · ${side} · ${moment}`))),
      el("p", { class: "shelf-locked" }, el("strong", {}, this.#botName), el("span", { dir: "auto" }, locked), el("small", {}, "op een vergrendeld scherm")),
      el("div", { class: "shelf-phone" }, this.#bubble(text, buttons, time)),
      el("h4", {}, "Wat er daarna komt"),
      el("dl", { class: "shelf-after" }, ...after.flatMap(({ button, seen }) => [
        el("dt", {}, button === null ? el("em", {}, "een antwoord") : el("span", { class: "shelf-button" }, button)),
        el("dd", {}, ...(seen.length ? seen.map((it) => this.#seen(it, time)) : ["Er gebeurt niets."])),
      ])),
    ];
  }

  /** A bubble as the chat draws it, with buttons that cannot be pressed. */
  #bubble(text, buttons, time) {
    const node = el("div", { inert: true });
    const message = {
      id: 0,
      from: "bot",
      kind: "text",
      text,
      time: `${DAY}T${time}:00`,
      buttons: buttons.map((row) => row.map((label) => ({ kind: "data", text: label }))),
    };
    drawMessage(node, message, { joined: false, tail: true }, this.#botName);
    return node;
  }

  #seen({ kind, text, buttons }, time) {
    if (kind === "message") return el("div", { class: "shelf-phone" }, this.#bubble(text, buttons, time));
    if (kind === "changed") return el("p", {}, "Op deze plek komt een andere vraag.");
    if (kind === "toast") return el("p", {}, `Even in beeld: ${text}`);
    if (kind === "heart") return el("p", {}, "Een hartje: bewaard.");
    if (buttons.length === 0) return el("p", {}, "De knoppen gaan weg.");
    return el("p", {}, "De knoppen worden: ", ...buttons.flat().flatMap((label) => [el("span", { class: "shelf-button" }, label), " "]));
  }
}

/** What the demo says of something. Rejects with a sentence that can be shown. */
async function get(path) {
  let response;
  try {
    response = await fetch(path);
  } catch {
    throw new Error("De demo is niet te bereiken.");
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Error(answer.error ?? `De demo antwoordde met ${response.status}.`);
}
