// Small parts that every file of the phone uses: nodes, times as the chat shows them, requests, pop-ups and menus.

/**
 * An element with attributes and children. A string child becomes a text node, never markup: this is the only way by
 * which words of a parent or of the bot reach the page. `on…` attributes are listeners; null and false are left out.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** One of the icons drawn in index.html; it says nothing to a screen reader, so its button or text must. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** A round button that shows an icon and says its label. */
export function iconButton(name, label, attributes = {}) {
  return el("button", { type: "button", class: "round", "aria-label": label, title: label, ...attributes }, icon(name));
}

/**
 * Makes `nodes` the children of `container`, and touches only what differs: a node that stays is never taken out, so it
 * keeps its focus, its selection and its place under the reader's eye.
 */
export function keepChildren(container, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...container.children]) if (!wanted.has(child)) child.remove();
  let at = container.firstElementChild;
  for (const node of nodes) {
    if (node === at) at = at.nextElementSibling;
    else container.insertBefore(node, at);
  }
}

/**
 * Makes the children of `node` equal to `wanted`, and again touches only what differs: a tick that becomes two must not
 * make a screen reader say the whole message once more, nor take the focus from a button beside it.
 */
export function becomeChildren(node, wanted) {
  const had = [...node.childNodes];
  wanted.forEach((child, index) => (had[index] ? become(had[index], child) : node.append(child)));
  had.slice(wanted.length).forEach((child) => child.remove());
}

function become(node, wanted) {
  if (node.isEqualNode(wanted)) return;
  if (node.nodeName !== wanted.nodeName) return node.replaceWith(wanted);
  if (node.nodeType === Node.TEXT_NODE) return (node.data = wanted.data);
  for (const { name } of [...node.attributes]) if (!wanted.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of wanted.attributes)
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  becomeChildren(node, [...wanted.childNodes]);
}

// Times. The demo sends wall time with its offset; the phone shows the wall time as written. A `Date` of the browser
// would move it to the browser's zone.

const WEEKDAYS = ["zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"];
const MONTHS = [
  "januari",
  "februari",
  "maart",
  "april",
  "mei",
  "juni",
  "juli",
  "augustus",
  "september",
  "oktober",
  "november",
  "december",
];

/** "2026-11-22" of "2026-11-22T19:30:00+01:00". */
export const dayOf = (time) => time.slice(0, 10);

/** "19:30" of "2026-11-22T19:30:00+01:00". */
export const minuteOf = (time) => time.slice(11, 16);

/** "zo 22 nov 2026". */
export function shortDay(day) {
  const { weekday, date, month, year } = dayParts(day);
  return `${weekday.slice(0, 2)} ${date} ${month === "maart" ? "mrt" : month.slice(0, 3)} ${year}`;
}

/** "Vandaag", "Gisteren", "zondag 22 november", and the year where it is not that of `today`. */
export function dayTitle(day, today) {
  const { weekday, date, month, year, number } = dayParts(day);
  const now = dayParts(today);
  if (number === now.number) return "Vandaag";
  if (number === now.number - 1) return "Gisteren";
  return `${weekday} ${date} ${month}${year === now.year ? "" : ` ${year}`}`;
}

function dayParts(day) {
  const [year, month, date] = day.split("-").map(Number);
  const midnight = Date.UTC(year, month - 1, date);
  return {
    weekday: WEEKDAYS[new Date(midnight).getUTCDay()],
    date,
    month: MONTHS[month - 1],
    year,
    number: midnight / 86_400_000,
  };
}

/** Asks the demo to do something. Rejects with a sentence that can be shown. */
export const post = (path, body) => send(path, "application/json", JSON.stringify(body));

/** As `post`, with a body of any type. */
export async function send(path, type, body) {
  let response;
  try {
    response = await fetch(path, { method: "POST", headers: { "content-type": type }, body });
  } catch {
    throw new Error("De demo is niet te bereiken.");
  }
  if (response.ok) return;
  const { error } = await response.json().catch(() => ({}));
  throw new Error(error ?? `De demo antwoordde met ${response.status}.`);
}

const TOAST_MS = 4000;

/** Shows a line for about four seconds. */
export function toast(container, text) {
  const line = el("p", { class: "toast" }, text);
  container.append(line);
  setTimeout(() => line.remove(), TOAST_MS);
}

let openPopUp = null;

/** Closes what popped up, if anything did. */
export const closePopUp = () => openPopUp?.close();

/**
 * Watches over a panel that has just been shown: Esc, a press elsewhere or another pop-up ends it by calling `close`.
 * One pop-up at a time in the page. Presses on `opener` do not count as elsewhere, so that it can close what it opened.
 */
export function popUp(panel, opener, close) {
  closePopUp();
  const focused = document.activeElement;
  const onPress = (event) => {
    if (!panel.contains(event.target) && !opener?.contains(event.target)) end();
  };
  const onKey = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    end();
  };
  const end = () => {
    if (openPopUp?.panel !== panel) return;
    openPopUp = null;
    document.removeEventListener("pointerdown", onPress, true);
    document.removeEventListener("keydown", onKey, true);
    const hadFocus = panel.contains(document.activeElement);
    close();
    if (hadFocus) focused?.focus({ preventScroll: true });
  };
  document.addEventListener("pointerdown", onPress, true);
  document.addEventListener("keydown", onKey, true);
  openPopUp = { panel, opener, close: end };
}

/**
 * A menu within the phone `frame`, near `at`, a point or rectangle of the window; the button `opener`, if one, opens
 * and closes it. `items` are `{ label, icon, danger, act }`; `emoji`, if given, is `{ choices, chosen, act }` and stands
 * above them in one row.
 */
export function openMenu({ frame, opener = null, at = opener.getBoundingClientRect(), label, items, emoji = null }) {
  if (opener && openPopUp?.opener === opener) return closePopUp();
  const choose = (act) => () => {
    closePopUp();
    act();
  };
  const row =
    emoji &&
    el(
      "div",
      { class: "menu-emoji", role: "group", "aria-label": "Reageer" },
      ...emoji.choices.map((choice) =>
        el(
          "button",
          {
            type: "button",
            role: "menuitemradio",
            tabindex: "-1",
            "aria-checked": String(choice === emoji.chosen),
            "aria-label": `Reageer met ${asEmoji(choice)}`,
            onclick: choose(() => emoji.act(choice)),
          },
          asEmoji(choice),
        ),
      ),
    );
  const menu = el(
    "div",
    { class: "menu", role: "menu", "aria-label": label },
    row,
    ...items.map((item) =>
      el(
        "button",
        {
          type: "button",
          role: "menuitem",
          tabindex: "-1",
          class: item.danger ? "danger" : null,
          onclick: choose(item.act),
        },
        icon(item.icon),
        item.label,
      ),
    ),
  );
  menu.addEventListener("keydown", (event) => moveFocus(event, menu));
  frame.append(menu);
  place(menu, frame, at);
  popUp(menu, opener, () => menu.remove());
  menu.querySelector("[role=menuitem]").focus({ preventScroll: true });
}

/** The heart of a reaction is a bare U+2764 in Telegram, which fonts draw as black text unless told otherwise. */
export const asEmoji = (reaction) => (reaction === "\u2764" ? "\u2764\uFE0F" : reaction);

function moveFocus(event, menu) {
  const choices = [...menu.querySelectorAll("button")];
  const at = choices.indexOf(document.activeElement);
  const to = {
    ArrowDown: at + 1,
    ArrowRight: at + 1,
    ArrowUp: at - 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: choices.length - 1,
  }[event.key];
  if (event.key === "Tab") closePopUp();
  else if (to === undefined) return;
  else choices[(to + choices.length) % choices.length].focus();
  event.preventDefault();
}

function place(panel, frame, at) {
  const MARGIN = 8;
  const box = frame.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  const { left, top, bottom = top } = at;
  const below = bottom - box.top;
  const y = below + height + MARGIN <= box.height ? below : top - box.top - height;
  panel.style.left = `${Math.max(MARGIN, Math.min(left - box.left, box.width - width - MARGIN))}px`;
  panel.style.top = `${Math.max(MARGIN, Math.min(y, box.height - height - MARGIN))}px`;
}
