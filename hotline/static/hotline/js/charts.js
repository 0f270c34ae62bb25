// Charts: Plotly figures as JSON, drawn in the tokens' colours; a point with an address opens the tickets behind it.
const { onLoad, all, once, ask } = window.hotline;

// Plotly would write a style element, which the policy forbids: this mark tells it not to; charts.css has the rules.
const STYLED = "plotly.js-style-global";

const token = (name) => getComputedStyle(document.body).getPropertyValue(`--${name}`).trim();
let loading = null;

function plotly(source) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  if (!source) return Promise.reject(new Error("Plotly is not on this page"));
  if (!document.getElementById(STYLED)) {
    const mark = document.createElement("meta");
    mark.id = STYLED;
    mark.className = "no-inline-styles";
    document.head.append(mark);
  }
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => reject(new Error(source)));
    document.head.append(script);
  });
  return loading;
}

async function figureOf(box) {
  if (box.dataset.chartFrom) return JSON.parse(document.getElementById(box.dataset.chartFrom).textContent);
  const answer = await ask(box.dataset.chartUrl, { fragment: false });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function layout(given = {}) {
  const axis = { gridcolor: token("line"), zerolinecolor: token("line"), linecolor: token("line"), automargin: true };
  return {
    font: { family: token("font"), size: 13, color: token("ink") },
    colorway: ["action", "green", "orange", "ink-2", "red", "yellow"].map(token),
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 40, r: 16, t: 16, b: 36 },
    height: 280,
    bargap: 0.5,
    hovermode: "closest",
    ...given,
    xaxis: { ...axis, showgrid: false, ...given.xaxis },
    yaxis: { rangemode: "tozero", ...axis, ...given.yaxis },
  };
}

async function draw(box) {
  try {
    const [figure, Plotly] = await Promise.all([figureOf(box), plotly(box.dataset.plotlySrc)]);
    box.replaceChildren();
    await Plotly.react(box, figure.data, layout(figure.layout), { displayModeBar: false, responsive: true, locale: "zh-CN" });
    box.setAttribute("role", "img");
    if (box.dataset.chartLabel) box.setAttribute("aria-label", box.dataset.chartLabel);
    box.on?.("plotly_click", ({ points: [point] }) => {
      const url = [point.customdata].flat()[0];
      if (typeof url === "string" && url.startsWith("/")) window.location.assign(url);
    });
  } catch {
    box.textContent = "图表没有取到数据，请看下方表格或稍后刷新。";
    box.classList.add("muted");
  }
}

onLoad((root) => {
  for (const box of all(root, "[data-chart-url], [data-chart-from]")) if (once(box, "chart")) draw(box);
});
document.addEventListener("hotline:redraw", () => document.querySelectorAll("[data-chart-url]").forEach(draw));
