// Rows of live lists: swapped in place, never moved under the mouse, never inserted by themselves.
const { ask, fragmentOf, inserted, parse, isTyping, toast } = window.hotline;

const MANY = 5; // more stale rows than this in one burst: one button instead of many requests

const held = (list, id) => list.querySelector(`[data-ticket="${CSS.escape(id)}"]`);
const changed = () => document.dispatchEvent(new CustomEvent("hotline:rows"));

/** Soft mark for 2 s. */
function mark(element) {
  element.classList.remove("is-changed");
  requestAnimationFrame(() => {
    element.classList.add("is-changed");
    setTimeout(() => element.classList.remove("is-changed"), 2000);
  });
}

function addressOf(list, id) {
  const url = new URL(list.dataset.url, location.href);
  if (id) url.searchParams.set("row", id);
  return url;
}

/** The ids were said to have changed: `stale` maps id to version. */
async function stale(list, stale) {
  const known = [];
  const unknown = [];
  for (const [id, version] of stale) {
    const row = held(list, id);
    if (!row) unknown.push(id);
    else if (!version || !(Number(row.dataset.version) >= version)) known.push(id);
  }
  if (known.length + unknown.length > MANY) {
    offer(list, { changed: known.length + unknown.length });
    return;
  }
  await Promise.all([...known, ...unknown].map((id) => refresh(list, id)));
}

async function refresh(list, id) {
  try {
    const html = await fragmentOf(await ask(addressOf(list, id)));
    if (html === null || !list.isConnected) return;
    const fresh = parse(html).find((element) => element.dataset.ticket === id);
    const row = held(list, id);
    if (row && fresh) swap(row, fresh, true);
    else if (row) leave(list, row);
    else if (fresh) offer(list, { fresh: id });
  } catch {
    // The network is down: live.js notices and asks again.
  }
}

function swap(row, fresh, shown) {
  if (row.contains(document.activeElement) && isTyping()) return;
  const tick = row.querySelector("[data-tick]");
  const next = fresh.querySelector("[data-tick]");
  if (tick && next) next.checked = tick.checked;
  if (row.classList.contains("is-current")) fresh.classList.add("is-current");
  const places = "a, button, input, summary";
  const at = row.contains(document.activeElement) ? [...row.querySelectorAll(places)].indexOf(document.activeElement) : -1;
  row.replaceWith(fresh);
  inserted(fresh);
  if (at >= 0) fresh.querySelectorAll(places)[at]?.focus({ preventScroll: true });
  if (shown) mark(fresh);
  changed();
}

/** A row that no longer belongs here greys out and goes when nobody points at the list. */
function leave(list, row) {
  row.classList.add("is-gone");
  const tick = row.querySelector("[data-tick]");
  if (tick) {
    tick.checked = false;
    tick.disabled = true;
  }
  changed();
  setTimeout(() => sweep(list), 2000);
}

function sweep(list) {
  if (!list.isConnected || list.matches(":hover, :focus-within")) return;
  const gone = [...list.querySelectorAll(".is-gone")];
  for (const row of gone) row.remove();
  if (gone.length && !list.querySelector("[data-ticket]")) reload(list);
}

function watch(list) {
  list.addEventListener("mouseleave", () => sweep(list));
  list.addEventListener("focusout", () => setTimeout(() => sweep(list)));
}

/** After a gap: the whole list is asked once and compared. */
async function catchUp(list) {
  try {
    const html = await fragmentOf(await ask(addressOf(list)));
    if (html === null || !list.isConnected) return;
    const answer = new Map(parse(html).filter((row) => row.dataset.ticket).map((row) => [row.dataset.ticket, row]));
    const missing = [];
    for (const row of list.querySelectorAll("[data-ticket]")) {
      const fresh = answer.get(row.dataset.ticket);
      answer.delete(row.dataset.ticket);
      if (!fresh) missing.push(row.dataset.ticket);
      else if (row.dataset.version !== fresh.dataset.version) swap(row, fresh, true);
      else if (row.textContent !== fresh.textContent) swap(row, fresh, false); // only the time left ran on
    }
    for (const id of answer.keys()) offer(list, { fresh: id });
    if (missing.length > MANY) offer(list, { changed: missing.length });
    else await Promise.all(missing.map((id) => refresh(list, id)));
  } catch {
    // Asked again in the next round.
  }
}

/* the button behind which new rows wait */
function slot(list) {
  const box = list.closest(".list");
  const found = box?.querySelector("[data-live-news]");
  if (found) return found;
  const made = document.createElement("div");
  made.className = "live-news";
  made.dataset.liveNews = "";
  (list.closest("table") || list).before(made);
  return made;
}

function offer(list, { fresh, changed: many }) {
  list.hotlineNews ??= { fresh: new Set(), changed: 0 };
  if (fresh) list.hotlineNews.fresh.add(fresh);
  if (many) list.hotlineNews.changed += many;
  const box = slot(list);
  let button = box.querySelector("button");
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-primary";
    button.addEventListener("click", () => reload(list));
    box.append(button);
  }
  const { fresh: { size }, changed: count } = list.hotlineNews;
  button.textContent = count ? `列表有 ${count + size} 处变化，点此刷新` : `有 ${size} 条新工单 ↑`;
}

async function reload(list) {
  try {
    const html = await fragmentOf(await ask(addressOf(list)));
    if (html === null) throw new Error("no rows");
    const ticked = new Set([...list.querySelectorAll("[data-tick]:checked")].map((tick) => tick.value));
    const before = new Set([...list.querySelectorAll("[data-ticket]")].map((row) => row.dataset.ticket));
    const current = list.querySelector(".is-current")?.dataset.ticket;
    list.replaceChildren(...parse(html));
    for (const tick of list.querySelectorAll("[data-tick]")) tick.checked = ticked.has(tick.value);
    if (current) held(list, current)?.classList.add("is-current");
    for (const row of list.querySelectorAll("[data-ticket]")) if (!before.has(row.dataset.ticket)) mark(row);
    list.hotlineNews = null;
    slot(list).replaceChildren();
    inserted(list);
    changed();
  } catch {
    toast("列表没有更新成功，请检查网络后再试。", "error");
  }
}

window.hotline.rows = { stale, catchUp, watch, mark, reload };
