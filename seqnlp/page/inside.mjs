// "See inside": the gates and the state of recurrent layers, step by step, a strip of units each.
import { GATES } from "./cells.mjs";
import { choice, element, foldable, slider } from "./view.mjs";

const MAX_STEPS = 200;
const MEANING = {
  "input gate": "how much of the candidate enters the cell",
  "forget gate": "how much of the cell is kept (0: forgotten, 1: kept)",
  "output gate": "how much of the cell is shown to the next layer",
  candidate: "what could be written into the cell",
  "cell state": "the memory itself",
  hidden: "what the layer gives to the next one",
  "reset gate": "how much of the state the candidate may see",
  "update gate": "how much of the state is kept (0: replaced, 1: kept)",
};

/** read: () -> {words, traces} of what is shown now, or null. */
export class InsideView {
  constructor(cell, read) {
    this.read = read;
    this.layer = 0;
    this.unit = 0; // 0: the mean of all
    this.gate = GATES[cell].includes("cell state") ? "cell state" : "hidden";
    this.body = element("tbody");
    this.note = element("p", { class: "note" });
    this.number = element("th", { scope: "col", class: "number" });
    const names = Object.fromEntries(GATES[cell].map((name) => [name, name]));
    const gates = choice("Show", names, this.gate, (name) => this.change({ gate: name }));
    this.layers = choice("Layer", { 0: "layer 1" }, "0", (value) => this.change({ layer: Number(value) }));
    const shown = (unit) => (unit ? `${unit}` : "mean of all");
    this.units = slider("Unit", { min: 0, max: 1, step: 1, value: 0 }, shown, (unit) => this.change({ unit }));
    const head = element("tr", {}, element("th", { scope: "col" }, "step"), element("th", { scope: "col" }, "units"));
    head.append(this.number);
    const table = element("table", { class: "inside" }, element("thead", {}, head), this.body);
    const controls = element("div", { class: "controls" }, gates.root, this.layers.root, this.units.root);
    this.root = foldable("See inside while you type", () => this.update(), controls, this.note, table);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.update());
  }

  change(settings) {
    Object.assign(this, settings);
    this.update();
  }

  /** Reads and draws again, if the part is open. */
  update() {
    if (!this.root.open) return;
    const found = this.read();
    this.body.replaceChildren();
    if (!found || !found.traces.length) {
      this.note.textContent = "Type something to see what the network does with it.";
      return;
    }
    this.offerLayers(found.traces);
    const { steps } = found.traces[this.layer],
      size = steps[0][this.gate].length;
    this.units.input.max = size;
    if (this.unit > size) this.unit = 0;
    this.number.textContent = this.unit ? `unit ${this.unit}` : "mean";
    this.note.textContent = `${capital(this.gate)}: ${MEANING[this.gate]}. ${this.legend(steps)}`;
    this.drawRows(found.words, steps);
  }

  offerLayers(traces) {
    const names = traces.map(({ depth, backwards }) => `layer ${depth}, ${backwards ? "backwards" : "forwards"}`);
    const { input } = this.layers;
    if (input.options.length === names.length && input.options[0].text === names[0]) return;
    this.layer = 0;
    input.replaceChildren(...names.map((name, number) => element("option", { value: number }, name)));
  }

  legend(steps) {
    if (this.gate.endsWith("gate")) return "The fuller the colour, the nearer to 1.";
    const most = largest(steps, this.gate).toFixed(2);
    return `Blue above 0, orange below, full colour at ${most}.`;
  }

  drawRows(words, steps) {
    const most = this.gate.endsWith("gate") ? 1 : largest(steps, this.gate),
      paint = painter();
    words.slice(0, MAX_STEPS).forEach((word, t) => {
      const values = steps[t][this.gate];
      const number = this.unit ? values[this.unit - 1] : values.reduce((sum, value) => sum + value, 0) / values.length;
      const canvas = element("canvas", { width: values.length, height: 1, "aria-hidden": "true" });
      paint(canvas, values, most);
      const strip = element("td", { class: "strip", click: (event) => this.choose(event, values.length) }, canvas);
      if (this.unit) {
        strip.classList.add("marked");
        strip.style.setProperty("--unit", `${(100 * (this.unit - 0.5)) / values.length}%`);
      }
      const value = element("td", { class: "number" }, twoDigits(number));
      this.body.append(element("tr", {}, element("th", { scope: "row" }, word), strip, value));
    });
  }

  choose(event, size) {
    const box = event.currentTarget.getBoundingClientRect();
    const unit = Math.min(size, Math.max(1, Math.ceil(((event.clientX - box.left) / box.width) * size)));
    this.units.input.value = unit;
    this.units.input.dispatchEvent(new Event("input"));
  }
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

function largest(steps, gate) {
  let most = 1e-6;
  for (const step of steps) for (const value of step[gate]) most = Math.max(most, Math.abs(value));
  return most;
}

/** Draws values from -most to most as pixels between the colours of the page. */
function painter() {
  const style = getComputedStyle(document.documentElement);
  const [none, above, below] = ["--strip", "--first", "--second"].map((name) => rgb(style.getPropertyValue(name)));
  return (canvas, values, most) => {
    const context = canvas.getContext("2d"),
      image = context.createImageData(values.length, 1);
    values.forEach((value, unit) => {
      const part = Math.min(1, Math.abs(value) / most),
        full = value < 0 ? below : above;
      for (let c = 0; c < 3; c++) image.data[4 * unit + c] = none[c] + part * (full[c] - none[c]);
      image.data[4 * unit + 3] = 255;
    });
    context.putImageData(image, 0, 0);
  };
}

function rgb(hex) {
  const number = parseInt(hex.trim().slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/** A number with two decimals; what is rounded to zero has no sign. */
export function twoDigits(number) {
  return (Math.round(100 * number) / 100 || 0).toFixed(2);
}
