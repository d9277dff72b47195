// Draws the curve of an incident over the plain drawing, with numbers to be read off; without script that one stays.

const HEIGHT = 224;
// Reports are counted, so the lines of the grid stand at whole numbers.
const WHOLE = [1, 10, 100, 1_000, 10_000, 100_000].flatMap((ten) => [ten, 2 * ten, 5 * ten]);
const drawn = new WeakMap();

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function clock(box) {
  const written = new Intl.DateTimeFormat(box.dataset.locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: box.dataset.zone });
  return (seconds) => written.format(seconds * 1000);
}

function series(box, data) {
  const number = new Intl.NumberFormat(box.dataset.locale, { maximumFractionDigits: 1 });
  // Nothing is read off until somebody points at a moment; a moment without a count says so.
  const told = (_, value, __, at) => (at == null ? "" : value == null ? "–" : number.format(value));
  const stepped = window.uPlot.paths.stepped({ align: 1 });
  return [
    { label: box.dataset.time, value: (_, at) => (at == null ? "" : clock(box)(at)) },
    { label: box.dataset.reports, value: told, stroke: token("--info"), fill: token("--info-tint"), width: 1.5, paths: stepped, points: { show: false } },
    { label: box.dataset.usual, value: told, stroke: token("--ink"), dash: [6, 4], width: 1.5, points: { show: false } },
    { label: box.dataset.threshold, value: told, stroke: token("--down"), width: 1.5, points: { show: false }, show: data.threshold.some((value) => value != null) },
  ];
}

// Onset and alarm stand as a line with a shape of their own, so that colour is not alone in telling them.
function marks(data) {
  const line = (plot, at) => {
    if (at == null || at < plot.scales.x.min || at > plot.scales.x.max) return null;
    const x = plot.valToPos(at, "x", true);
    plot.ctx.strokeStyle = token("--quiet");
    plot.ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    plot.ctx.beginPath();
    plot.ctx.moveTo(x, plot.bbox.top);
    plot.ctx.lineTo(x, plot.bbox.top + plot.bbox.height);
    plot.ctx.stroke();
    plot.ctx.setLineDash([]);
    return x;
  };
  return (plot) => {
    const { ctx, bbox } = plot;
    const unit = devicePixelRatio;
    ctx.save();
    ctx.lineWidth = unit;
    const onset = line(plot, data.onset);
    if (onset != null) {
      ctx.fillStyle = token("--ink");
      ctx.beginPath();
      ctx.moveTo(onset, bbox.top + bbox.height - 13 * unit);
      ctx.lineTo(onset + 7 * unit, bbox.top + bbox.height);
      ctx.lineTo(onset - 7 * unit, bbox.top + bbox.height);
      ctx.fill();
    }
    const alarm = line(plot, data.alarm);
    if (alarm != null) {
      ctx.fillStyle = token("--down");
      ctx.beginPath();
      ctx.arc(alarm, bbox.top + 7 * unit, 6 * unit, 0, 2 * Math.PI);
      ctx.fill();
    }
    ctx.restore();
  };
}

function options(box, data) {
  const axis = { stroke: token("--quiet"), grid: { stroke: token("--rule"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  const number = new Intl.NumberFormat(box.dataset.locale);
  return {
    width: box.clientWidth,
    height: HEIGHT,
    legend: { live: true },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_, __, most) => [0, Math.max(1, top(data, most))] } },
    series: series(box, data),
    axes: [
      { ...axis, values: (_, at) => at.map(clock(box)), space: 64, size: 28 },
      { ...axis, values: (_, at) => at.map((value) => number.format(value)), incrs: WHOLE, size: 44 },
    ],
    hooks: { draw: [marks(data)] },
  };
}

// A threshold far above all that was heard would press the reports flat.
function top(data, most) {
  const heard = Math.max(...data.reports.map((value) => value ?? 0), ...data.usual);
  return Math.min(most ?? heard, heard) * 1.08;
}

async function draw(box) {
  const answer = await fetch(box.dataset.series, { headers: { accept: "application/json" } });
  if (!answer.ok || !window.uPlot) return;
  const data = await answer.json();
  const kept = drawn.get(box);
  if (kept) kept.plot.destroy();
  const plot = new window.uPlot(options(box, data), [data.x, data.reports, data.usual, data.threshold], box);
  box.classList.add("is-drawn");
  if (!kept) {
    new ResizeObserver(() => drawn.get(box).plot.setSize({ width: box.clientWidth, height: HEIGHT })).observe(box);
  }
  drawn.set(box, { plot });
}

const drawAll = () => document.querySelectorAll("[data-series]").forEach((box) => draw(box));

drawAll();
document.addEventListener("htmx:after:swap", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
