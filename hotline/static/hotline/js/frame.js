// The frame: boosted links swap bar, navigation and page without a reload; messages become toasts; failures are told.
const { onLoad, all, once, toast } = window.hotline;

const PIECES = ["bar", "side", "watermark"];

document.addEventListener("htmx:configRequest", (event) => {
  // A boosted request is an ordinary page request: views need not tell it from one.
  if (event.detail.boosted) {
    delete event.detail.headers["HX-Request"];
    if (event.detail.verb === "get") event.detail.headers["X-Boosted"] = "1";
  }
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { boosted, xhr, requestConfig } = event.detail;
  if (!boosted || !event.detail.shouldSwap) return;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  if (!page.getElementById("page") || !page.getElementById("side")) {
    // Login, citizens' page, download: leave the frame.
    event.detail.shouldSwap = false;
    if (requestConfig.verb === "get" || xhr.responseURL !== absolute(requestConfig.path)) window.location.assign(xhr.responseURL);
    else toast("系统没有返回可显示的页面，您填写的内容仍保留在本页，请稍后再试。", "error");
    return;
  }
  closeDrawer();
  event.detail.target = document.getElementById("page");
  event.detail.selectOverride = "#page";
  event.detail.swapOverride = "outerHTML show:window:top";
  for (const id of PIECES) {
    const now = document.getElementById(id);
    const next = page.getElementById(id);
    if (now && next) {
      const fresh = document.importNode(next, true);
      if (id === "side") fresh.scrollTop = 0;
      const scroll = now.scrollTop;
      now.replaceWith(fresh);
      fresh.scrollTop = scroll;
      window.htmx.process(fresh);
    }
  }
  const token = page.querySelector('meta[name="csrf"]')?.content;
  if (token) document.querySelector('meta[name="csrf"]').content = token;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.detail.boosted) return;
  const page = document.getElementById("page");
  (page?.querySelector("[data-error-summary], [autofocus]") ?? page)?.focus({ preventScroll: true });
});

document.addEventListener("htmx:beforeRequest", () => document.body.classList.add("is-loading"));
for (const name of ["htmx:afterRequest", "htmx:sendAbort"]) {
  document.addEventListener(name, () => document.body.classList.remove("is-loading"));
}

const REASONS = {
  0: "网络不通，您填写的内容仍保留在本页，恢复后请再试一次。",
  400: "提交的数据不完整或格式不对，没有做任何改动，请检查后再试。",
  403: "您的岗位没有办理这一步的权限，或页面打开太久。内容仍保留在本页，请刷新或联系管理员。",
  404: "没有找到这一件，可能已不在您的范围内，请返回列表核对。",
  413: "附件太大，没有保存。请压缩后重新选择，文字内容仍在。",
  429: "操作太频繁，请稍等片刻再试。",
  500: "系统出了问题，这一步没有办成。您填写的内容仍保留在本页，请稍后再试。",
};

function reasonOf(xhr) {
  const type = xhr.getResponseHeader("Content-Type") || "";
  if (type.includes("json")) {
    try {
      const told = JSON.parse(xhr.responseText).error;
      if (told) return told;
    } catch {
      // Not ours; the general reason follows.
    }
  }
  if (type.startsWith("text/plain") && xhr.responseText.length < 300) return xhr.responseText;
  return REASONS[xhr.status] ?? (xhr.status >= 500 ? REASONS[500] : REASONS[400]);
}

document.addEventListener("htmx:responseError", (event) => {
  const { xhr, boosted, requestConfig } = event.detail;
  if (boosted && requestConfig.verb === "get") window.location.assign(xhr.responseURL || requestConfig.path);
  else toast(reasonOf(xhr), "error");
});
document.addEventListener("htmx:sendError", () => toast(REASONS[0], "error"));
document.addEventListener("htmx:timeout", () => toast("系统 30 秒没有回应，请稍后再试；内容仍保留在本页。", "error"));

function absolute(path) {
  return new URL(path, window.location.href).href;
}

function closeDrawer() {
  const side = document.getElementById("side");
  const drawer = side && window.bootstrap?.Offcanvas.getInstance(side);
  if (!drawer) return;
  drawer.dispose();
  for (const backdrop of document.querySelectorAll(".offcanvas-backdrop")) backdrop.remove();
  for (const property of ["overflow", "padding-right"]) document.body.style.removeProperty(property);
}

onLoad((root) => {
  for (const message of all(root, "[data-messages] [data-toast]")) {
    if (!once(message, "toast")) continue;
    toast(message.textContent.trim(), message.dataset.toast);
    message.remove();
  }
});
