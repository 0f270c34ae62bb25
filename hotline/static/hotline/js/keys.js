// Keyboard: single keys outside fields, Alt/Ctrl chords everywhere, nothing while an input method composes.
const { isTyping } = window.hotline;
const lists = window.hotline.lists;

const shown = (element) => element.offsetParent !== null && !element.disabled;
const inDialog = () => document.querySelector("dialog[open]");

/** "Ctrl+Enter", "Alt+a", "s": the way data-key writes it. */
function chordOf(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  // With Alt some layouts give another character: the key's place tells the letter.
  const letter = event.altKey && /^(Key|Digit)/.test(event.code) ? event.code.replace(/^(Key|Digit)/, "") : event.key;
  parts.push(letter.length === 1 ? letter.toLowerCase() : letter);
  return parts.join("+");
}

const written = (key) => key.split("+").map((part) => (part.length === 1 ? part.toLowerCase() : part)).join("+");
const target = (chord) => [...document.querySelectorAll("[data-key]")].find((element) => written(element.dataset.key) === chord && shown(element));

function press(element) {
  if (element.matches("input:not([type=checkbox], [type=radio], [type=submit]), select, textarea")) element.focus();
  else element.click();
}

function fillNth(digit) {
  const buttons = [...document.querySelectorAll("[data-fill]")].filter(shown);
  const button = buttons[digit - 1];
  button?.click();
  return Boolean(button);
}

const KEYS = {
  "?": () => help(),
  "/": () => document.querySelector("[data-search]")?.focus(),
  j: () => lists?.move(1),
  k: () => lists?.move(-1),
  x: () => lists?.current()?.querySelector("[data-tick]")?.click(),
};

function onRow(event) {
  const row = lists?.current();
  if (!row || document.activeElement.closest("a, button, summary, [role=menu]")) return false;
  if (event.key === "Enter") lists.open(row);
  else if (event.key === " ") lists.peekIsOpen() ? lists.closePeek() : lists.peek(row);
  else return false;
  return true;
}

function escape() {
  if (lists?.closePeek()) return true;
  if (isTyping()) {
    document.activeElement.blur();
    return true;
  }
  return false;
}

function handle(event) {
  const chord = chordOf(event);
  const withModifier = event.ctrlKey || event.metaKey || event.altKey;
  if (withModifier) {
    const element = target(chord);
    if (element) return press(element) ?? true;
    return event.altKey && /^Alt\+[1-9]$/.test(chord) && fillNth(Number(chord.at(-1)));
  }
  if (event.key === "Escape") return escape();
  if (isTyping(event.target)) return false;
  const element = target(chord);
  if (element) return press(element) ?? true;
  if (onRow(event)) return true;
  if (/^[1-9]$/.test(chord)) return fillNth(Number(chord));
  if (KEYS[chord]) return KEYS[chord]() ?? true;
  return false;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.repeat && !"jk".includes(event.key) || inDialog()) return;
  if (handle(event)) event.preventDefault();
});

function help() {
  const dialog = document.getElementById("keys-dialog");
  if (!dialog) return;
  const list = dialog.querySelector("[data-keys-page]");
  list.replaceChildren();
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (!shown(element) || seen.has(element.dataset.key)) continue;
    seen.add(element.dataset.key);
    const key = document.createElement("dt");
    const cap = document.createElement("kbd");
    cap.textContent = element.dataset.key;
    key.append(cap);
    const label = document.createElement("dd");
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd").forEach((inner) => inner.remove());
    label.textContent = element.dataset.keyLabel || copy.textContent.trim() || element.getAttribute("aria-label") || element.placeholder || "";
    list.append(key, label);
  }
  dialog.querySelector("[data-keys-page-title]").hidden = seen.size === 0;
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-help]")) help();
});
