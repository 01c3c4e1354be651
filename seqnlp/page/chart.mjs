// Lines over rows as a drawing; what it shows is said in words beside it.
import { numberText } from "./view.mjs";

const NAMESPACE = "http://www.w3.org/2000/svg",
  MAX_WIDTH = 880,
  HEIGHT = 220,
  LEAST_LEFT = 56,
  LETTER = 7,
  RIGHT = 12,
  TOP = 12,
  BOTTOM = 28;
const MAX_POINTS = 1500,
  TICK_DIGITS = 12; // ticks are round numbers, but sums of steps
const isShown = (value) => value !== null && Number.isFinite(value);

function shape(tag, attributes = {}, ...children) {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * lines: [{values, name}] over the same rows, null where there is nothing; labels: of the rows; band: {low, high} like
 * lines; marks: numbers of rows to mark on the first line; level: a height to draw a line at; logarithmic: powers of ten
 * are equally far apart, from a thousandth of the level on.
 */
export function chart({ title, labels, lines, band = null, marks = [], level = null, logarithmic = false }) {
  const width = Math.max(300, Math.min(MAX_WIDTH, document.documentElement.clientWidth - 24)); // text keeps its size
  const all = [...lines.flatMap(({ values }) => values), ...(band ? [...band.low, ...band.high] : []), level];
  const lift = (value) => (logarithmic ? Math.log10(Math.max(value, level / 1000)) : value);
  const numbers = all.filter(isShown).map(lift);
  const low = numbers.reduce((one, other) => Math.min(one, other), Infinity);
  const high = numbers.reduce((one, other) => Math.max(one, other), -Infinity);
  const room = (high - low || Math.abs(high) || 1) * 0.05,
    bottom = low - room,
    top = high + room;
  const named = tickNames(logarithmic ? powersOfTen(bottom, top) : ticks(bottom, top));
  const left = Math.max(LEAST_LEFT, ...named.map(([, text]) => 12 + LETTER * text.length));
  const x = (row) => left + ((width - left - RIGHT) * row) / Math.max(1, labels.length - 1);
  const y = (value) =>
    TOP + ((HEIGHT - TOP - BOTTOM) * (top - Math.max(bottom, Math.min(top, lift(value))))) / (top - bottom);
  const root = shape("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": title, class: "chart" });
  for (const [tick, name] of named) {
    const text = shape("text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, name);
    root.append(shape("line", { x1: left, x2: width - RIGHT, y1: y(tick), y2: y(tick), class: "grid" }), text);
  }
  const ends = { 0: "start", [labels.length - 1]: "end" };
  if (width > 500) ends[labels.length >> 1] = "middle";
  for (const [row, anchor] of Object.entries(ends)) {
    root.append(shape("text", { x: x(Number(row)), y: HEIGHT - 8, "text-anchor": anchor }, labels[row]));
  }
  if (band) root.append(shape("path", { d: bandPath(band, x, y), class: "band" }));
  if (level !== null)
    root.append(shape("line", { x1: left, x2: width - RIGHT, y1: y(level), y2: y(level), class: "level" }));
  lines.forEach(({ values }, number) =>
    root.append(shape("path", { d: linePath(values, x, y), class: `line line${number}` })),
  );
  for (const row of marks)
    root.append(shape("circle", { cx: x(row), cy: y(lines[0].values[row]), r: 3.5, class: "mark" }));
  return root;
}

function linePath(values, x, y) {
  let path = "",
    pen = false;
  for (const row of drawnRows(values)) {
    if (!isShown(values[row])) pen = false;
    else {
      path += `${pen ? "L" : "M"}${x(row).toFixed(1)} ${y(values[row]).toFixed(1)}`;
      pen = true;
    }
  }
  return path;
}

/** All rows; of very many the lowest and the highest of every stretch, so that no peak is left out. */
export function drawnRows(values) {
  const stretch = 2 * Math.floor(values.length / MAX_POINTS);
  if (stretch < 4) return values.map((_, row) => row);
  const drawn = [];
  for (let begin = 0; begin < values.length; begin += stretch) {
    let lowest = begin,
      highest = begin;
    for (let row = begin; row < Math.min(begin + stretch, values.length); row++) {
      if (!isShown(values[row])) continue;
      if (!(values[row] >= values[lowest]) || !isShown(values[lowest])) lowest = row;
      if (!(values[row] <= values[highest]) || !isShown(values[highest])) highest = row;
    }
    drawn.push(...new Set([Math.min(lowest, highest), Math.max(lowest, highest)]));
  }
  return drawn;
}

function bandPath({ low, high }, x, y) {
  const rows = high.map((_, row) => row).filter((row) => high[row] !== null),
    points = (values, order) => {
      return order.map((row) => `${x(row).toFixed(1)} ${y(values[row]).toFixed(1)}`).join("L");
    };
  return rows.length ? `M${points(high, rows)}L${points(low, [...rows].reverse())}Z` : "";
}

/** Powers of ten between two logarithms, no more than five or so. */
export function powersOfTen(bottom, top) {
  const step = Math.ceil((top - bottom) / 5),
    found = [];
  for (let power = Math.ceil(bottom); power <= top; power += step) found.push(10 ** power);
  return found;
}

/** Pairs of a tick and its name. */
export function tickNames(values) {
  return values.map((tick) => [tick, numberText(tick, TICK_DIGITS)]);
}

/** Round numbers in a range. */
export function ticks(bottom, top) {
  const rough = (top - bottom) / 4,
    power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power,
    found = [];
  for (let tick = Math.ceil(bottom / step) * step; tick <= top; tick += step)
    found.push(Math.abs(tick) < step / 1e6 ? 0 : tick);
  return found;
}
