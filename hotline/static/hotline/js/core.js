// What every module needs: loaders that run on each new piece of page, fetch with CSRF, toasts, dialogs.
// Modules find it as window.hotline; they import nothing, so hashed file names need no build.

const loaders = [];

/** Run `load(root)` now and for every piece htmx or live.js puts on the page; loaders must be idempotent. */
function onLoad(load) {
  loaders.push(load);
  load(document.body);
}

/** Announce a piece of page that was inserted without htmx. */
function inserted(root) {
  if (window.htmx) window.htmx.process(root);
  for (const load of loaders) load(root);
}

/** Elements below root that match, root itself included. */
function all(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches && root.matches(selector)) found.unshift(root);
  return found;
}

/** True the first time only for this element and purpose. */
function once(element, purpose) {
  element.hotlineDone ??= new Set();
  if (element.hotlineDone.has(purpose)) return false;
  element.hotlineDone.add(purpose);
  return true;
}

const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

/** fetch within this site; a fragment request carries HX-Request. */
function ask(url, { method = "GET", body = null, fragment = true, headers = {}, signal } = {}) {
  const sent = { ...headers };
  if (fragment) sent["HX-Request"] = "true";
  if (method !== "GET") sent["X-CSRFToken"] = csrf();
  return fetch(url, { method, body, headers: sent, signal, credentials: "same-origin" });
}

/** The HTML of an answer, or null when it is empty, an error, or the login page after a lapsed session. */
async function fragmentOf(answer) {
  if (answer.status === 204) return "";
  if (answer.redirected && new URL(answer.url).pathname.includes("login")) return null;
  return answer.ok ? (await answer.text()).trim() : null;
}

/** Elements of an HTML text; a template also accepts bare table rows. */
function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children];
}

/** A form's fields as URL-encoded text, without files and, on request, without tokens. */
function encode(form, leaveOut = []) {
  const pairs = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !leaveOut.includes(name));
  return new URLSearchParams(pairs);
}

function toast(text, kind = "info", seconds = kind === "error" ? 12 : 5) {
  const box = document.querySelector("[data-toasts]");
  if (!box || !text) return;
  const note = document.createElement("div");
  note.className = `notice notice--${kind}`;
  if (kind === "error") note.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.setAttribute("aria-label", "关闭提示");
  close.addEventListener("click", () => note.remove());
  note.append(words, close);
  box.append(note);
  while (box.children.length > 4) box.firstElementChild.remove();
  let timer = setTimeout(() => note.remove(), seconds * 1000);
  note.addEventListener("mouseenter", () => clearTimeout(timer));
  note.addEventListener("mouseleave", () => (timer = setTimeout(() => note.remove(), 2000)));
}

/** Ask in the page's own dialog; resolves to true or false. */
function confirmed(text) {
  const dialog = document.getElementById("confirm-dialog");
  if (!dialog) return Promise.resolve(window.confirm(text));
  const body = dialog.querySelector("[data-dialog-body]");
  body.replaceChildren();
  for (const line of text.split("\n")) {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    body.append(paragraph);
  }
  return new Promise((resolve) => {
    let answer = false;
    const ok = dialog.querySelector("[data-dialog-ok]");
    const agree = () => {
      answer = true;
      dialog.close();
    };
    ok.addEventListener("click", agree);
    dialog.addEventListener(
      "close",
      () => {
        ok.removeEventListener("click", agree);
        resolve(answer);
      },
      { once: true },
    );
    dialog.showModal();
    ok.focus();
  });
}

const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable=true]";
const isTyping = (element = document.activeElement) => Boolean(element?.matches?.(FIELDS));

const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
const timeNow = () => clock.format(new Date());

window.hotline = { onLoad, inserted, all, once, csrf, ask, fragmentOf, parse, encode, toast, confirmed, isTyping, timeNow };

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  event.target.closest("[data-dialog-close]")?.closest("dialog")?.close();
  const greyed = event.target.closest('[aria-disabled="true"]');
  if (greyed) {
    event.preventDefault();
    toast(greyed.dataset.why || greyed.title || "现在不能办理这一步。", "warning");
  }
});

document.addEventListener("htmx:load", (event) => {
  for (const load of loaders) load(event.detail.elt);
});
