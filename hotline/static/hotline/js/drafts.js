// Nothing typed is ever lost: drafts go to the server while one types; offline they wait in the browser, at most a day.
const { onLoad, all, once, ask, encode, toast, timeNow } = window.hotline;

const PAUSE = 1500;
const DAY = 24 * 3600 * 1000;
const NOT_KEPT = ["csrfmiddlewaretoken", "token", "version", "password"];
const PREFIX = "hotline.draft:";

const keyOf = (form) => `${PREFIX}${document.body.dataset.user}:${form.dataset.draftKey || form.dataset.draftUrl || location.pathname}`;

function stored(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    if (kept && Date.now() - kept.at < DAY) return kept;
  } catch {
    // Damaged or forbidden storage: as if nothing was kept.
  }
  forget(key);
  return null;
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Storage is switched off in this browser.
  }
}

function tell(form, text, failed = false) {
  const state = form.querySelector("[data-draft-state]");
  if (!state) return;
  state.textContent = text;
  state.classList.toggle("is-failed", failed);
}

function keepHere(form, body) {
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), time: timeNow(), fields: [...body] }));
    tell(form, `连接中断，已暂存在本机 ${timeNow()}`, true);
  } catch {
    tell(form, "连接中断，尚未保存，请勿关闭本页", true);
  }
}

async function save(form) {
  if (!form.isConnected || form.dataset.busy) return;
  const body = encode(form, NOT_KEPT);
  const text = body.toString();
  if (text === form.hotlineSaved) return;
  form.hotlineSending?.abort();
  const sending = (form.hotlineSending = new AbortController());
  try {
    const answer = await ask(form.dataset.draftUrl, { method: "POST", body, headers: { "X-Draft": "1" }, signal: sending.signal });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    form.hotlineSaved = text;
    forget(keyOf(form));
    tell(form, `已自动保存 ${timeNow()}`);
    form.dispatchEvent(new CustomEvent("hotline:saved", { bubbles: true }));
  } catch (error) {
    if (error.name === "AbortError") return;
    keepHere(form, body);
    clearTimeout(form.hotlineRetry);
    form.hotlineRetry = setTimeout(() => save(form), 10_000);
  }
}

function soon(event) {
  const form = event.target.form;
  if (form?.dataset.draftUrl === undefined || form.dataset.draftUrl === "") return;
  clearTimeout(form.hotlineTimer);
  form.hotlineTimer = setTimeout(() => save(form), PAUSE);
}
document.addEventListener("input", soon);
document.addEventListener("change", soon);

document.addEventListener("submit", (event) => {
  const form = event.target;
  clearTimeout(form.hotlineTimer);
  clearTimeout(form.hotlineRetry);
  if (form.dataset.draftUrl) form.hotlineSending?.abort();
  if (form.dataset.logout !== undefined) {
    // A shared seat keeps nothing of the person who leaves.
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) forget(key);
  }
});

/** Put kept values back; tokens and files are never touched. */
function fill(form, fields) {
  const names = new Set(fields.map(([name]) => name));
  for (const element of form.elements) {
    if (!element.name || NOT_KEPT.includes(element.name) || element.type === "file") continue;
    const values = fields.filter(([name]) => name === element.name).map(([, value]) => value);
    if (element.type === "checkbox" || element.type === "radio") element.checked = values.includes(element.value);
    else if (names.has(element.name)) element.value = values[0];
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function offer(form, kept) {
  const bar = document.createElement("div");
  bar.className = "alert alert-info d-flex flex-wrap align-items-center gap-2 mb-2";
  bar.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = `本机留有 ${kept.time} 没有提交的内容。`;
  const button = (label, look, act) => {
    const element = document.createElement("button");
    element.type = "button";
    element.className = `btn btn-sm ${look}`;
    element.textContent = label;
    element.addEventListener("click", () => {
      act();
      bar.remove();
    });
    return element;
  };
  const restore = () => {
    fill(form, kept.fields);
    toast("已恢复，请核对后提交。", "success");
    save(form);
  };
  bar.append(words, button("恢复", "btn-primary", restore), button("丢弃", "btn-light", () => forget(keyOf(form))));
  form.prepend(bar);
}

onLoad((root) => {
  for (const form of all(root, "form[data-draft-url]")) {
    if (!once(form, "draft")) continue;
    form.hotlineSaved = encode(form, NOT_KEPT).toString();
    const kept = stored(keyOf(form));
    if (kept && new URLSearchParams(kept.fields).toString() !== form.hotlineSaved) offer(form, kept);
  }
});
window.addEventListener("online", () => document.querySelectorAll("form[data-draft-url]").forEach((form) => form.hotlineRetry && save(form)));
