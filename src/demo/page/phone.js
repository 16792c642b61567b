// The page: takes the demo's snapshots, keeps one phone per parent, the list of parents and the demo's clock.

import { summary } from "./bubble.js";
import { Chat } from "./chat.js";
import { becomeChildren, dayOf, el, keepChildren, minuteOf, post, shortDay, toast } from "./parts.js";
import { Shelf } from "./shelf.js";

const RECONNECT_MS = 2000;
const LIST_PX = 280;
const PHONE_PX = 316;
const MOST_PHONES = 3;

const find = (selector) => document.querySelector(selector);
const desk = find(".desk");
const phones = find(".phones");
const lost = find(".lost");
const narrow = matchMedia("(max-width: 699px)");

const chats = new Map(); // parent's id → Chat
const rows = new Map(); // parent's id → the row in the list
const shelf = new Shelf();
const recent = []; // ids of parents, the one looked at last in front
let snapshot = null;
let missed = true; // snapshots may have been missed: at the start, and after the connection was lost
let expectsNewParent = false;

connect();
addEventListener("hashchange", follow);
addEventListener("resize", show);
find(".add-parent").addEventListener("submit", addParent);
for (const button of document.querySelectorAll("[data-clock]"))
  button.addEventListener("click", () => moveClock(button));

function connect() {
  const source = new EventSource("/api/events");
  source.addEventListener("open", () => (lost.hidden = true));
  source.addEventListener("state", (event) => render(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    lost.hidden = false;
    missed = true;
    // The browser tries again by itself, except after an answer it cannot read.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, RECONNECT_MS);
  });
}

function render(next) {
  const first = snapshot === null;
  const known = new Set(chats.keys());
  snapshot = next;
  document.title = `${next.bot.name}: demo`;
  renderClock();
  shelf.update(next.prompts, next.bot.name);
  for (const id of [...chats.keys()]) if (!next.parents.some((parent) => parent.id === id)) forget(id);
  for (const parent of next.parents) {
    if (!chats.has(parent.id)) welcome(parent);
    const chat = chats.get(parent.id);
    if (missed) chat.catchUp(parent);
    chat.render(parent, next.bot, next.now);
  }
  missed = false;
  keepChildren(
    phones,
    next.parents.map((parent) => chats.get(parent.id).node),
  );
  renderList();
  const added = next.parents.find((parent) => !known.has(parent.id));
  if (!first && added && expectsNewParent) {
    expectsNewParent = false;
    look(added.id);
  }
  if (first) follow();
  else show();
}

function welcome({ id }) {
  const chat = new Chat(id, { goBack: () => (location.hash = "ouders"), onRead: renderList });
  chat.node.addEventListener("pointerdown", () => touched(id));
  chat.node.addEventListener("focusin", () => touched(id));
  chats.set(id, chat);
  rows.set(id, newRow(id));
  recent.push(id);
}

function forget(id) {
  chats.get(id).node.remove();
  chats.delete(id);
  rows.delete(id);
  recent.splice(recent.indexOf(id), 1);
}

// Which phones are seen. The address says whose chat was opened ("#1") or that the list is ("#ouders"), so that the
// browser's own way back works, also on a phone. Where there is room, the parents looked at last stand beside it.

function look(id) {
  location.hash = id;
  follow();
  if (!narrow.matches) chats.get(id).focus();
}

function follow() {
  const asked = Number(location.hash.slice(1));
  if (chats.has(asked)) touched(asked);
  show();
}

function show() {
  if (!snapshot) return;
  const list = location.hash === "#ouders";
  desk.dataset.view = list || chats.size === 0 ? "list" : "chat";
  const seen = new Set(list && narrow.matches ? [] : recent.slice(0, roomFor()));
  for (const [id, chat] of chats) if (!seen.has(id)) chat.hide();
  for (const id of seen) chats.get(id).show();
  renderList();
}

function roomFor() {
  if (innerWidth <= 1100) return 1;
  return Math.min(MOST_PHONES, Math.max(1, Math.floor((innerWidth - LIST_PX) / PHONE_PX)));
}

function touched(id) {
  if (recent[0] === id) return;
  recent.splice(recent.indexOf(id), 1);
  recent.unshift(id);
  renderList();
}

function renderList() {
  if (!snapshot || snapshot.parents.some(({ id }) => !rows.has(id))) return;
  for (const parent of snapshot.parents) fillRow(rows.get(parent.id), parent, chats.get(parent.id));
  keepChildren(
    find(".parent-list"),
    snapshot.parents.map(({ id }) => rows.get(id)),
  );
}

function newRow(id) {
  return el("li", {}, el("button", { type: "button", class: "parent", onclick: () => look(id) }));
}

function fillRow(row, parent, chat) {
  const last = parent.messages.at(-1);
  const said = last ? `${last.from === "parent" ? "Jij: " : ""}${summary(last)}` : "Nog niet begonnen";
  const { unread } = chat;
  const button = row.firstElementChild;
  button.ariaCurrent = String(recent[0] === parent.id && !chat.node.hidden);
  button.classList.toggle("shown", !chat.node.hidden);
  becomeChildren(button, [
    el("span", { class: "avatar", "data-tint": parent.id % 6, "aria-hidden": "true" }, initials(parent.name)),
    el("span", { class: "parent-name" }, parent.name),
    el("time", {}, last ? minuteOf(last.time) : ""),
    el(
      "span",
      { class: "parent-last", dir: "auto" },
      parent.typing ? "typt…" : parent.blocked ? "Bot geblokkeerd" : said,
    ),
    ...(unread > 0 ? [el("span", { class: "badge", "aria-label": `${unread} ongelezen` }, String(unread))] : []),
  ]);
}

function initials(name) {
  const letters = name.split(/\s+/).flatMap((word) => word.match(/[\p{L}\p{N}]/u) ?? []);
  return [letters[0] ?? "", letters.length > 1 ? letters.at(-1) : ""].join("").toUpperCase();
}

async function addParent(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const name = form.elements.name.value.trim();
  if (name === "") return;
  expectsNewParent = true;
  try {
    await post("/api/parents", { name, language: form.elements.language.value });
    form.reset();
  } catch (error) {
    expectsNewParent = false;
    toast(find(".page-notes .toasts"), error.message);
  }
}

// The demo's clock. The page shows what the demo says and never reads the browser's own.

function renderClock() {
  const { now, next_due: due } = snapshot;
  const day = shortDay(dayOf(now));
  find(".demo-date").replaceChildren(day.slice(0, -5), el("span", { class: "year" }, day.slice(-5)));
  find(".demo-time").textContent = minuteOf(now);
  find(".demo-due").textContent = due ? `Hierna: ${shortDay(dayOf(due))}, ${minuteOf(due)}` : "";
  find('[data-clock="next"]').disabled = !due;
}

async function moveClock(button) {
  if (button.ariaBusy === "true") return;
  const { clock } = button.dataset;
  button.ariaBusy = "true";
  try {
    await post("/api/clock", clock === "next" ? { to: "next" } : { by_seconds: Number(clock) });
  } catch (error) {
    toast(find(".page-notes .toasts"), error.message);
  }
  button.ariaBusy = "false";
}
