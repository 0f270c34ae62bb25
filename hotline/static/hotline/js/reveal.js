// Masked numbers: a reason is asked, the reading recorded by the server, and the value masks itself again.
const { ask, toast } = window.hotline;

const REASONS = ["联系诉求人", "核实诉求内容", "现场处置需要", "其他"];
let asking = null;

function choices(button) {
  const given = button.dataset.revealReasons?.split("|") ?? REASONS;
  const preset = button.dataset.revealPreset;
  return [...new Set([preset, ...given].filter(Boolean))];
}

function openFor(button) {
  const dialog = document.getElementById("reveal-dialog");
  asking = button;
  const box = dialog.querySelector("[data-reveal-choices]");
  box.replaceChildren();
  choices(button).forEach((reason, index) => {
    const label = document.createElement("label");
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: "reveal-reason", value: reason, checked: index === 0 });
    label.append(radio, ` ${reason}`);
    box.append(label);
  });
  dialog.querySelector("#reveal-note").value = "";
  dialog.querySelector("[data-reveal-error]").textContent = "";
  other(dialog);
  dialog.showModal();
  dialog.querySelector("[data-reveal-ok]").focus();
}

const chosen = (dialog) => dialog.querySelector("[name=reveal-reason]:checked")?.value ?? "";

function other(dialog) {
  dialog.querySelector("[data-reveal-other]").hidden = chosen(dialog) !== "其他";
}

async function reveal(dialog) {
  const note = dialog.querySelector("#reveal-note").value.trim();
  const error = dialog.querySelector("[data-reveal-error]");
  const ok = dialog.querySelector("[data-reveal-ok]");
  const reason = chosen(dialog);
  if (reason === "其他" && !note) {
    error.textContent = "请写明具体原因。";
    return;
  }
  ok.disabled = true;
  try {
    const answer = await ask(asking.dataset.revealUrl, { method: "POST", body: new URLSearchParams({ reason, note }) });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok || told.value === undefined) {
      error.textContent = told.error || "没有取到号码，请刷新页面后再试；仍不行请联系管理员。";
      return;
    }
    dialog.close();
    show(asking, told.value, told.seconds ?? 60);
  } catch {
    error.textContent = "网络不通，没有取到号码，请稍后再试。";
  } finally {
    ok.disabled = false;
  }
}

function show(button, value, seconds) {
  const box = button.closest("[data-masked]");
  const output = box.querySelector("output");
  const left = document.createElement("small");
  left.className = "muted";
  output.textContent = value;
  box.classList.add("is-shown");
  button.hidden = true;
  box.append(left);
  const until = Date.now() + seconds * 1000;
  const tick = () => {
    const rest = Math.ceil((until - Date.now()) / 1000);
    left.textContent = `${rest} 秒后遮盖`;
    if (rest > 0 && box.isConnected) return;
    clearInterval(timer);
    output.textContent = box.dataset.masked;
    box.classList.remove("is-shown");
    button.hidden = false;
    left.remove();
  };
  const timer = setInterval(tick, 1000);
  tick();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal-url]");
  if (button) openFor(button);
  const ok = event.target.closest("[data-reveal-ok]");
  if (ok) {
    event.preventDefault();
    if (asking?.isConnected) reveal(ok.closest("dialog"));
    else {
      ok.closest("dialog").close();
      toast("这一行已经更新，请重新点开。", "warning");
    }
  }
});
document.addEventListener("change", (event) => {
  if (event.target.name === "reveal-reason") other(event.target.closest("dialog"));
});
