// Forms: one submit only, confirm dialog, counter of characters, warning before unsaved words are left, error summary.
const { onLoad, all, once, confirmed } = window.hotline;

/* one submit only */
function free(form) {
  delete form.dataset.busy;
  for (const button of form.querySelectorAll(".is-busy")) {
    button.disabled = false;
    button.classList.remove("is-busy");
  }
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.dataset.plain !== undefined || form.method === "dialog") return;
    if (form.dataset.busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const button = event.submitter;
    // After this turn, so that the button's own name and value are still sent.
    setTimeout(() => {
      if (event.defaultPrevented && !form.closest("[hx-boost=true]") && !form.matches("[hx-post], [hx-get]")) return;
      form.dataset.busy = "1";
      if (button) {
        button.classList.add("is-busy");
        button.disabled = true;
      }
    });
  },
  true,
);
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) setTimeout(() => free(form));
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-busy]").forEach(free);
});

/* a dangerous act says what will happen and to whom */
document.addEventListener(
  "click",
  async (event) => {
    const asked = event.target.closest("[data-confirm]");
    if (!asked || asked.hotlineAgreed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asked.form && !asked.formNoValidate && !asked.form.reportValidity()) return;
    if (await confirmed(asked.dataset.confirm)) {
      asked.hotlineAgreed = true;
      asked.click();
      asked.hotlineAgreed = false;
    }
  },
  true,
);

/* unsaved words */
const dirty = () => [...document.querySelectorAll("form[data-guard]")].find((form) => form.hotlineDirty && !form.dataset.busy);
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.guard !== undefined) form.hotlineDirty = true;
  if (event.target.dataset?.max) count(event.target);
});
document.addEventListener("submit", (event) => (event.target.hotlineDirty = false));
document.addEventListener("hotline:saved", (event) => (event.target.hotlineDirty = false));
window.addEventListener("beforeunload", (event) => {
  if (dirty()) event.preventDefault();
});
document.addEventListener("htmx:confirm", async (event) => {
  const { elt, issueRequest } = event.detail;
  const form = dirty();
  if (!form || form.contains(elt) || elt.closest("[data-peek-body]") || !(elt.matches("a[href]") && elt.closest("[hx-boost=true]"))) return;
  event.preventDefault();
  if (await confirmed("本页有还没有提交的内容，离开后将不再显示。确定离开吗？")) {
    form.hotlineDirty = false;
    issueRequest(true);
  }
});

/* counter: characters as people count them, not UTF-16 units */
function count(field) {
  const shown = field.hotlineCounter;
  if (!shown) return;
  const limit = Number(field.dataset.max);
  const length = [...field.value].length;
  shown.textContent = length > limit ? `已超出 ${length - limit} 字，最多 ${limit} 字` : `${length} / ${limit} 字`;
  shown.classList.toggle("is-over", length > limit);
}

onLoad((root) => {
  for (const field of all(root, "[data-max]")) {
    if (!once(field, "count")) continue;
    const shown = document.createElement("div");
    shown.className = "field__count";
    field.after(shown);
    field.hotlineCounter = shown;
    count(field);
  }
  const summary = all(root, "[data-error-summary]")[0];
  if (summary && once(summary, "focus")) summary.focus();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest('[data-error-summary] a[href^="#"]');
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  const field = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea") || target;
  field.focus({ preventScroll: true });
  field.closest(".field")?.scrollIntoView({ block: "center" });
});

/* filters are part of the URL; empty ones are not */
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.dataset.filters !== undefined && event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) {
    form.requestSubmit();
  }
});
document.addEventListener("formdata", (event) => {
  if (event.target.dataset.filters === undefined) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});
