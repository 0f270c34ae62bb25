// The live line: one socket says which row is stale, rows.js fetches it through the normal view.
// While the socket is down the page says so and asks every 15 s.
const { all, ask, fragmentOf, inserted, onLoad, once, parse, isTyping } = window.hotline;
const rows = window.hotline.rows;

const POLL = 15_000;
const SAFETY = 120_000; // a lost message costs one round of this
const BURST = 300;
const LONGEST = 30_000;
const STEADY = 3000;

let socket = null;
let attempts = 0;
let lost = false; // true from the first failure until the gap is closed
let poll = null;
let badge = null;
let proof = null;
let leaving = false;

function open() {
  const path = document.body.dataset.ws;
  if (!path || leaving) return;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}${path}`);
  socket.addEventListener("open", opened);
  socket.addEventListener("message", ({ data }) => heard(data));
  socket.addEventListener("close", ({ code }) => closed(code));
}

function opened() {
  if (lost) catchUp();
  proof = setTimeout(steady, STEADY);
}

/** Heard from, or open long enough: a server that accepts and hangs up at once does not count as back. */
function steady() {
  clearTimeout(proof);
  clearTimeout(badge);
  clearInterval(poll);
  proof = badge = poll = null;
  attempts = 0;
  lost = false;
  say("");
}

function closed(code) {
  clearTimeout(proof);
  if (leaving) return;
  lost = true;
  if (code === 4401 || code === 4403) {
    say("登录已失效，请重新登录后继续");
    return;
  }
  // A short break (a restart of the server) needs no alarm.
  badge ??= setTimeout(() => say("实时连接已断开，正在用轮询更新"), 2000);
  poll ??= setInterval(catchUp, POLL);
  const wait = Math.min(1000 * 2 ** attempts, LONGEST) * (0.5 + Math.random() / 2);
  attempts += 1;
  setTimeout(open, wait);
}

function say(text) {
  const box = document.querySelector("[data-live-state]");
  if (!box) return;
  box.textContent = text;
  box.hidden = !text;
}

/* messages, gathered into bursts */
const waiting = { ticket: new Map(), inbox: new Map() };
let burst = null;

function heard(data) {
  let message;
  try {
    message = JSON.parse(data);
  } catch {
    return;
  }
  if (lost || proof) steady();
  if (message.kind === "counts") return counts();
  if (!(message.kind in waiting)) return undefined;
  const id = String(message.id);
  waiting[message.kind].set(id, Math.max(message.version || 0, waiting[message.kind].get(id) || 0));
  counts();
  burst ??= setTimeout(flush, BURST);
  return undefined;
}

function flush() {
  burst = null;
  if (document.hidden) return; // told again when the page is looked at
  for (const [kind, ids] of Object.entries(waiting)) {
    if (!ids.size) continue;
    const stale = new Map(ids);
    ids.clear();
    for (const list of document.querySelectorAll("[data-live-list][data-url]")) {
      if ((list.dataset.liveKind || "ticket") === kind) rows.stale(list, stale);
    }
    if (kind === "ticket") for (const [id, version] of stale) refreshTicket(id, version);
  }
}

/** After a gap nothing heard before can be trusted: ask for every live region. */
function catchUp() {
  if (document.hidden) {
    lost = true;
    return;
  }
  for (const list of document.querySelectorAll("[data-live-list][data-url]")) rows.catchUp(list);
  for (const region of document.querySelectorAll("[data-live-ticket]")) refreshTicket(region.dataset.liveTicket, 0);
  counts();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  if (lost) catchUp();
  flush();
  counts();
});
window.addEventListener("pagehide", () => {
  leaving = true;
  socket?.close();
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  leaving = false;
  lost = true;
  open();
});
window.addEventListener("offline", () => socket?.close());
setInterval(() => !lost && catchUp(), SAFETY);

/* the ticket page */
const busy = (region) =>
  (region.contains(document.activeElement) && isTyping()) ||
  region.querySelector("dialog[open]") ||
  [...region.querySelectorAll("form")].some((form) => form.hotlineDirty || form.dataset.busy || form.hotlineSaved !== undefined && form.matches(":focus-within"));

async function refreshTicket(id, version, forced = false) {
  for (const region of document.querySelectorAll(`[data-live-ticket="${CSS.escape(id)}"][data-url]`)) {
    if (version && Number(region.dataset.version) >= version) continue;
    if (busy(region) && !forced) {
      offer(region, id);
      continue;
    }
    try {
      const html = await fragmentOf(await ask(region.dataset.url));
      if (!html || !region.isConnected || (busy(region) && !forced)) continue;
      replace(region, html, id, Boolean(version));
    } catch {
      lost = true; // the next round asks again
    }
  }
}

function replace(region, html, id, mark) {
  const opened = [...region.querySelectorAll("details")].map((details) => details.open);
  const focused = region.contains(document.activeElement) ? document.activeElement : null;
  const handle = focused && (focused.id ? `#${CSS.escape(focused.id)}` : focused.dataset.key && `[data-key="${CSS.escape(focused.dataset.key)}"]`);
  const pieces = parse(html);
  let fresh = region;
  if (pieces.length === 1 && pieces[0].dataset.liveTicket === id) {
    if (pieces[0].innerHTML === region.innerHTML) return;
    fresh = pieces[0];
    region.replaceWith(fresh);
  } else {
    if (region.innerHTML.trim() === html) return;
    region.replaceChildren(...pieces);
  }
  [...fresh.querySelectorAll("details")].forEach((details, index) => (details.open = opened[index] ?? details.open));
  inserted(fresh);
  if (handle) fresh.querySelector(handle)?.focus({ preventScroll: true });
  if (mark) rows.mark(fresh);
}

function offer(region, id) {
  if (region.querySelector(":scope > [data-live-offer]")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-light mb-2";
  button.dataset.liveOffer = "";
  button.textContent = "工单已更新，点此刷新";
  button.addEventListener("click", () => refreshTicket(id, 0, true));
  region.prepend(button);
}

/* figures: at most one request a second */
let counting = null;
let told = {};

function counts() {
  counting ??= setTimeout(async () => {
    counting = null;
    if (document.hidden) return;
    try {
      await Promise.all([figures(), ...[...document.querySelectorAll("[data-live-counts][data-url]")].map(fragment)]);
    } catch {
      // The next message or round asks again.
    }
  }, 1000);
}

async function figures() {
  const url = document.body.dataset.countsUrl;
  if (!url) return;
  const answer = await ask(url);
  if (!answer.ok || answer.redirected) return;
  told = await answer.json();
  put(document.body, true);
}

/** The figures last told, also on pieces of the frame that came without them. */
function put(root, marked) {
  for (const box of all(root, "[data-count-key]")) {
    const figure = told[box.dataset.countKey];
    if (figure === undefined || box.dataset.count === String(figure)) continue;
    const first = box.dataset.count === "0";
    box.dataset.count = figure;
    box.textContent = Number(figure) > 999 ? "999+" : figure;
    if (marked && !first) rows.mark(box);
  }
}

async function fragment(box) {
  const html = await fragmentOf(await ask(box.dataset.url));
  if (!html || html === box.hotlineHtml) return;
  box.hotlineHtml = html;
  box.innerHTML = html;
  inserted(box);
}

onLoad((root) => {
  for (const list of all(root, "[data-live-list]")) if (once(list, "live")) rows.watch(list);
  put(root.id === "page" ? document.body : root, false);
});
counts();
open();
