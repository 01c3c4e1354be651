// Where a series comes from: typed, pasted, chosen or dropped CSV.
import { element, plural, textField } from "./view.mjs";
import { readSeries, timeColumns } from "./series.mjs";

const PAUSE = 200;

/**
 * {root, update}; show: (rows) -> a sentence on what was found, or a promise of it (null: something newer came); clear:
 * () for texts that are no series.
 */
export function seriesInput(settings, { show, clear }) {
  const names = [...timeColumns(settings.data.time_column), ...settings.columns].join(settings.data.delimiter);
  const input = textField("A series as CSV", settings.text, () => later(), 8);
  const file = element("input", {
    type: "file",
    accept: ".csv,.txt,.tsv,text/csv,text/plain",
    change: () => take(file.files[0]),
  });
  const problem = element("p", { class: "problem", role: "alert" }),
    note = element("p", { class: "note", "aria-live": "polite" });
  const choose = element("label", { class: "field" }, element("span", {}, "CSV file"), file);
  const root = element("div", { dragover: (event) => event.preventDefault(), drop }, input, choose, problem, note);
  input.placeholder = `${names}\n…\n\nPaste rows, or drop a CSV file here.`;
  let timer = 0;

  function drop(event) {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  }

  async function take(chosen) {
    if (!chosen) return;
    input.value = await chosen.text();
    update();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(update, PAUSE);
  }

  async function update() {
    problem.textContent = note.textContent = "";
    if (!input.value.trim()) {
      clear();
      return;
    }
    try {
      const { rows, findings } = readSeries(input.value, settings),
        shown = show(rows);
      if (shown instanceof Promise) note.textContent = `${plural(rows.length, "row")} …`;
      const sentence = await shown;
      if (sentence) note.textContent = [sentence, ...findings].join("; ");
    } catch (wrong) {
      clear();
      problem.textContent = wrong.message;
    }
  }

  return { root, update };
}
