// One message as the chat shows it. Only nodes are made here; what a press on them does is up to chat.js, which reads
// their `data-…` attributes.

import { asEmoji, becomeChildren, dayOf, el, icon, iconButton, minuteOf } from "./parts.js";

/** What a parent can send besides text: its icon, and what it is called. */
export const KINDS = {
  sticker: "Sticker",
  photo: "Foto",
  voice: "Spraakbericht",
  file: "Bestand",
  location: "Locatie",
  contact: "Contact",
  poll: "Peiling",
};

/** A message in one line, for a quotation or the list of parents. */
export function summary({ kind, text, file }) {
  const name = KINDS[kind];
  return (name && text && text !== name ? `${name}: ${text}` : text || name || file?.name || "").replace(/\s+/g, " ");
}

/**
 * Brings `node`, the message's own element, up to date. `look` says how the message stands among the others: `joined` to
 * the one above it, `tail` when it is the last of its sender's group, `read` when the bot has done something since,
 * `pending` the button that waits for the bot's answer.
 */
export function drawMessage(node, message, look, botName) {
  const mine = message.from === "parent";
  if (message.kind === "service") {
    node.className = "message service";
    becomeChildren(node, [el("p", { class: "chip" }, message.text)]);
    return;
  }
  node.className = [
    "message",
    mine ? "own" : "bot",
    look.joined && "joined",
    look.tail && "tail",
    `kind-${message.kind}`,
  ]
    .filter(Boolean)
    .join(" ");
  node.setAttribute("role", "article");
  node.setAttribute(
    "aria-label",
    `${mine ? "Jij" : botName}, ${minuteOf(message.time)}${message.edited ? ", bewerkt" : ""}`,
  );
  becomeChildren(node, [
    el(
      "div",
      { class: "stack" },
      el("div", { class: "bubble" }, ...bubbleParts(message, look, mine)),
      reactions(message, botName),
      buttons(message, look.pending),
    ),
    iconButton("reply", "Beantwoorden", { class: "round hover-reply", "data-reply": "", tabindex: "-1" }),
  ]);
}

function bubbleParts(message, look, mine) {
  return [
    message.forwarded_from
      ? el("p", { class: "forwarded" }, icon("forward"), `Doorgestuurd van ${message.forwarded_from}`)
      : null,
    message.reply_to
      ? el(
          "button",
          {
            type: "button",
            class: "quote",
            "data-jump": message.reply_to.id,
            "aria-label": `Antwoord op: ${message.reply_to.text}`,
          },
          el("span", { dir: "auto" }, message.reply_to.text),
        )
      : null,
    message.sound ? player(message) : KINDS[message.kind] ? thing(message) : null,
    message.picture ? picture(message.picture) : null,
    message.file ? fileLink(message.file) : null,
    el("div", { class: "words" }, ...(message.kind in KINDS ? [] : linked(message.text)), meta(message, look, mine)),
  ];
}

/** A voice note of either side, to be heard. */
function player({ sound, text }) {
  const label = `${KINDS.voice}, ${text}`;
  return el(
    "div",
    { class: "thing" },
    el("audio", { controls: true, preload: "none", src: sound, "aria-label": label }),
    el("small", {}, text),
  );
}

/** Stands for a picture or a place: the demo sends none, only that there was one. */
function thing({ kind, text }) {
  const said = text !== "" && text !== KINDS[kind] ? text : null;
  return el(
    "div",
    { class: "thing" },
    el("span", { class: "thing-mark" }, kind === "sticker" && said ? said : icon(kind)),
    el("span", { class: "thing-name" }, KINDS[kind], kind !== "sticker" && said && el("small", { dir: "auto" }, said)),
  );
}

/** A picture of the bot. Its caption says in words what is on it; a press shows it as large as the window. */
function picture({ url, width, height }) {
  return el(
    "a",
    { class: "picture", href: url, target: "_blank", "aria-label": "Plaatje, groter" },
    el("img", { src: url, width, height, alt: "" }),
  );
}

/** A document of the bot: a press keeps it as a file. */
function fileLink({ name, size, url }) {
  return el(
    "a",
    { class: "thing file", href: url, download: name, "aria-label": `${name}, ${sizeOf(size)}, download` },
    el("span", { class: "thing-mark" }, icon("file")),
    el("span", { class: "thing-name" }, name, el("small", {}, sizeOf(size))),
  );
}

function sizeOf(bytes) {
  const [number, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${number.toLocaleString("nl", { maximumFractionDigits: 1 })} ${unit}`;
}

function meta(message, look, mine) {
  return el(
    "span",
    { class: "meta" },
    message.edited ? "bewerkt " : null,
    message.silent
      ? el("span", { role: "img", "aria-label": "zonder geluid", title: "Zonder geluid gestuurd" }, icon("silent"))
      : null,
    el("time", { datetime: message.time, title: dayOf(message.time) }, minuteOf(message.time)),
    mine
      ? el(
          "span",
          { class: "ticks", role: "img", "aria-label": look.read ? "gelezen" : "verstuurd" },
          icon(look.read ? "ticks" : "tick"),
        )
      : null,
  );
}

// Reactions and buttons have their element even when there are none: the one that comes or goes leaves the other alone.

function reactions({ reaction, own_reaction: own }, botName) {
  return el(
    "div",
    { class: "reactions" },
    reaction
      ? el(
          "span",
          {
            class: "reaction",
            role: "img",
            "data-reaction": reaction,
            "aria-label": `${botName} reageerde met ${asEmoji(reaction)}`,
          },
          asEmoji(reaction),
        )
      : null,
    own
      ? el(
          "button",
          {
            type: "button",
            class: "reaction mine",
            "data-react": own,
            "aria-pressed": "true",
            "aria-label": `Jouw reactie ${asEmoji(own)}, haal weg`,
          },
          asEmoji(own),
        )
      : null,
  );
}

function buttons({ buttons: rows }, pending) {
  return el(
    "div",
    { class: "buttons" },
    ...rows.map((row, y) =>
      el(
        "div",
        { class: "button-row" },
        ...row.map((button, x) =>
          button.kind === "url"
            ? urlButton(button)
            : tapButton(button, y, x, pending?.row === y && pending?.column === x),
        ),
      ),
    ),
  );
}

function tapButton({ text }, row, column, waits) {
  return el(
    "button",
    { type: "button", class: "inline", "data-tap": `${row},${column}`, "aria-busy": String(waits) },
    el("span", { dir: "auto" }, text),
    waits ? el("span", { class: "spinner", "aria-hidden": "true" }) : null,
  );
}

function urlButton({ text, url }) {
  const href = webAddress(url);
  return el(
    href ? "a" : "button",
    {
      class: "inline",
      href,
      target: href && "_blank",
      rel: href && "noopener noreferrer",
      disabled: !href,
      title: url,
    },
    el("span", { dir: "auto" }, text),
    icon("arrow-out"),
  );
}

// A web address, or a command of the bot that stands on its own.
const LINK = /https?:\/\/[^\s<>"']+|(?<![^\s('"])\/[a-z][a-z0-9_]{0,31}(?![\p{L}\p{N}/_-])/giu;

/** The text as nodes: addresses of the web as links, commands as something to press, all else as it is. */
function linked(text) {
  const nodes = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const words = found.startsWith("/") ? found : found.replace(/[.,;:!?)\]]+$/, "");
    const href = words.startsWith("/") ? null : webAddress(words);
    if (!href && !words.startsWith("/")) continue;
    nodes.push(
      text.slice(end, index),
      href
        ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, words)
        : el("button", { type: "button", class: "command", "data-command": words }, words),
    );
    end = index + words.length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** The address if it is one of the web; a link to anything else (`javascript:`, `tg:`) is not made. */
function webAddress(text) {
  try {
    const { protocol, href } = new URL(text);
    return protocol === "http:" || protocol === "https:" ? href : null;
  } catch {
    return null;
  }
}
