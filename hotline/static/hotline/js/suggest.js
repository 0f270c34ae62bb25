// Suggestions while one types: ask after a pause, drop older questions, fill on click or by key. Never fills by itself.
const { all, ask, fragmentOf, inserted, onLoad, once } = window.hotline;

const PAUSE = 350;

async function suggest(form) {
  const target = document.querySelector(form.dataset.suggestTarget);
  if (!target) return;
  const body = new URLSearchParams();
  for (const field of all(form, "[data-suggest-source]")) {
    const off = (field.type === "radio" || field.type === "checkbox") && !field.checked;
    if (field.name && !off) body.append(field.name, field.value);
  }
  const text = body.toString();
  if (text === form.hotlineSuggested) return;
  form.hotlineSuggesting?.abort();
  const mine = (form.hotlineSuggesting = new AbortController());
  target.setAttribute("aria-busy", "true");
  try {
    const html = await fragmentOf(await ask(form.dataset.suggestUrl, { method: "POST", body, signal: mine.signal }));
    if (html === null) return;
    form.hotlineSuggested = text;
    if (html === target.hotlineHtml) return;
    target.hotlineHtml = html;
    target.innerHTML = html;
    inserted(target);
  } catch {
    // Aborted, or the network is down: the old suggestion stays, writing goes on.
  } finally {
    if (form.hotlineSuggesting === mine) target.removeAttribute("aria-busy");
  }
}

function soon(event) {
  const form = event.target.form;
  if (!form?.dataset.suggestUrl || !event.target.matches("[data-suggest-source]") || event.isComposing) return;
  clearTimeout(form.hotlineSuggest);
  form.hotlineSuggest = setTimeout(() => suggest(form), PAUSE);
}
document.addEventListener("input", soon);
document.addEventListener("change", soon);
document.addEventListener("compositionend", soon);

function put(form, name, value, text) {
  const field = form.elements.namedItem(name);
  if (!field) return;
  if (field instanceof RadioNodeList) {
    field.value = value;
    form.querySelector(`[name="${CSS.escape(name)}"]:checked`)?.dispatchEvent(new Event("change", { bubbles: true }));
    return;
  }
  if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) {
    field.add(new Option(text || value, value));
  }
  field.value = value;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  const form = button.form || document.querySelector(`form[data-suggest-target="#${button.closest("[id]")?.id}"]`) || document.querySelector("form[data-suggest-url]");
  if (!form) return;
  for (const [name, value] of new URLSearchParams(button.dataset.fill)) put(form, name, value, button.dataset.fillText);
  for (const other of document.querySelectorAll("[data-fill]")) other.setAttribute("aria-pressed", String(other === button));
});

onLoad((root) => {
  for (const form of all(root, "form[data-suggest-url]")) {
    if (!once(form, "suggest")) continue;
    const written = all(form, "textarea[data-suggest-source], input[data-suggest-source]").some((field) => field.value.trim());
    if (written) suggest(form);
  }
});
