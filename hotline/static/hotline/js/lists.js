// Lists: row click opens, space peeks, ticked rows make a batch, columns are remembered, timeline filter.
const { onLoad, all, once, ask, fragmentOf, inserted, toast } = window.hotline;

const INTERACTIVE = "a, button, input, select, textarea, label, summary, [data-masked]";

function open(row, newTab = false) {
  const link = row.querySelector("[data-row-link]");
  if (newTab) window.open(link?.href || row.dataset.href, "_blank", "noopener");
  else if (link) link.click();
  else if (row.dataset.href) window.location.assign(row.dataset.href);
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-href]");
  if (!row || event.target.closest(INTERACTIVE) || String(window.getSelection())) return;
  open(row, event.ctrlKey || event.metaKey);
});

/* the current row, shared with keys.js */
const rows = () => [...document.querySelectorAll("#page [data-ticket]:not([data-live-ticket]), #page [data-row]")].filter((row) => row.offsetParent);
const current = () => rows().find((row) => row.classList.contains("is-current"));

function select(row) {
  for (const other of document.querySelectorAll(".is-current")) other.classList.remove("is-current");
  if (!row) return;
  row.classList.add("is-current");
  row.scrollIntoView({ block: "nearest" });
  if (peekIsOpen() && row.dataset.peekUrl) peek(row);
}

function move(step) {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(current());
  select(list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1)]);
}

/* peek panel */
const panel = () => document.getElementById("peek");
const peekIsOpen = () => Boolean(panel() && !panel().hidden);
let peeking;

async function peek(row) {
  const box = panel();
  if (!box || !row.dataset.peekUrl) return;
  peeking?.abort();
  const mine = (peeking = new AbortController());
  const body = box.querySelector("[data-peek-body]");
  box.hidden = false;
  box.querySelector("[data-peek-open]").href = row.dataset.href || "#";
  const wait = setTimeout(() => body.replaceChildren(skeleton()), 300);
  try {
    const html = await fragmentOf(await ask(row.dataset.peekUrl, { signal: mine.signal }));
    if (html === null) throw new Error("no fragment");
    body.innerHTML = html;
    body.scrollTop = 0;
    inserted(body);
  } catch (error) {
    if (error.name !== "AbortError") body.textContent = "没有取到内容，请打开工单查看，或稍后再试。";
  } finally {
    clearTimeout(wait);
  }
}

function skeleton() {
  const box = document.createElement("div");
  box.className = "skeleton";
  for (let line = 0; line < 6; line += 1) box.append(document.createElement("i"));
  return box;
}

function closePeek() {
  const box = panel();
  if (!box || box.hidden) return false;
  peeking?.abort();
  box.hidden = true;
  box.querySelector("[data-peek-body]").replaceChildren();
  return true;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-peek-close]")) closePeek();
  const button = event.target.closest("[data-peek]");
  if (button) {
    const row = button.closest("[data-peek-url]");
    select(row);
    peek(row);
  }
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.boosted) closePeek();
});

window.hotline.lists = { open, current, move, select, peek, peekIsOpen, closePeek };

/* batch */
const barOf = (element) => element.closest(".list, form, main")?.querySelector("[data-bulk-bar]") || document.querySelector("[data-bulk-bar]");

function recount(bar) {
  if (!bar) return;
  const ticks = [...document.querySelectorAll(`[data-tick]`)].filter((tick) => tick.form === bar);
  const ticked = ticks.filter((tick) => tick.checked).length;
  const every = bar.querySelector("[data-bulk-all-input]");
  if (ticked < ticks.length && every) every.value = "";
  const whole = Boolean(every?.value);
  bar.hidden = ticked === 0;
  bar.querySelector("[data-bulk-count]").textContent = whole ? `已选择全部符合条件的 ${bar.dataset.total} 件` : `已选择 ${ticked} 件`;
  const button = bar.querySelector("[data-bulk-all]");
  if (button) button.hidden = whole || Number(bar.dataset.total) <= ticked || ticked < ticks.length;
  for (const box of document.querySelectorAll("[data-tick-all]")) {
    box.checked = ticked > 0 && ticked === ticks.length;
    box.indeterminate = ticked > 0 && ticked < ticks.length;
  }
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-tick-all]")) {
    const bar = barOf(box);
    for (const tick of document.querySelectorAll("[data-tick]")) if (tick.form === bar) tick.checked = box.checked;
    recount(bar);
  } else if (box.matches("[data-tick]")) recount(box.form);
});
document.addEventListener("click", (event) => {
  const bar = event.target.closest("[data-bulk-bar]");
  if (!bar) return;
  if (event.target.closest("[data-bulk-all]")) {
    bar.querySelector("[data-bulk-all-input]").value = "1";
    recount(bar);
  } else if (event.target.closest("[data-bulk-clear]")) {
    for (const tick of document.querySelectorAll("[data-tick]")) if (tick.form === bar) tick.checked = false;
    recount(bar);
  }
});
document.addEventListener("hotline:rows", () => document.querySelectorAll("[data-bulk-bar]").forEach(recount));

/* columns: one constructed sheet hides the cells, so rows that come later follow too */
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
const hidden = (list) => JSON.parse(localStorage.getItem(`hotline.columns:${list}`) || "[]");

function showColumns() {
  const rules = [...document.querySelectorAll("[data-columns]")].flatMap(({ dataset: { columns } }) =>
    hidden(columns).map((key) => `[data-list="${CSS.escape(columns)}"] [data-col="${CSS.escape(key)}"]{display:none}`),
  );
  sheet.replaceSync(rules.join("\n"));
}
document.addEventListener("change", (event) => {
  const menu = event.target.closest("[data-columns]");
  if (!menu) return;
  const off = [...menu.querySelectorAll("input:not(:checked)")].map((box) => box.value);
  try {
    localStorage.setItem(`hotline.columns:${menu.dataset.columns}`, JSON.stringify(off));
  } catch {
    toast("浏览器不允许保存列设置，本次有效。", "warning");
  }
  showColumns();
});

/* timeline filter */
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-timeline-filter] [data-kind]");
  if (!button) return;
  const box = button.closest("[data-timeline-filter]");
  for (const other of box.querySelectorAll("[data-kind]")) other.setAttribute("aria-pressed", String(other === button));
  for (const line of box.nextElementSibling?.querySelectorAll(":scope > [data-kind]") ?? []) {
    line.hidden = Boolean(button.dataset.kind) && line.dataset.kind !== button.dataset.kind;
  }
});

onLoad((root) => {
  for (const menu of all(root, "[data-columns]")) {
    if (!once(menu, "columns")) continue;
    const off = hidden(menu.dataset.columns);
    for (const box of menu.querySelectorAll("input")) if (!box.disabled) box.checked = !off.includes(box.value);
    showColumns();
  }
});
