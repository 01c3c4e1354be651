// The page of a forecaster.
import { chart } from "./chart.mjs";
import { Forecaster } from "./forecaster.mjs";
import { seriesInput } from "./series_input.mjs";
import { start } from "./start.mjs";
import { choice, element, numberText, plural } from "./view.mjs";

const SHOWN_HORIZONS = 8,
  LEAST_SHOWN = 60;

start((settings, weights) => {
  const forecaster = new Forecaster(settings, weights),
    { columns, levels } = settings;
  const charts = element("div", { class: "charts" }),
    table = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Forecast" });
  const options = Object.fromEntries(levels.map((level, place) => [place, `${Math.round(100 * level)} %`]));
  let chosen = levels.indexOf(0.9);
  const level = choice("Interval that holds", options, String(chosen), (value) => {
    chosen = Number(value);
    input.update();
  });
  const input = seriesInput(settings, { show, clear });

  function clear() {
    charts.replaceChildren();
    table.replaceChildren();
  }

  function show(rows) {
    const found = forecaster.forecast(rows, chosen),
      count = Math.max(LEAST_SHOWN, SHOWN_HORIZONS * settings.model.horizon);
    const last = rows.slice(-count),
      nothing = last.map(() => null);
    charts.replaceChildren(
      ...columns.map((name, c) => {
        const here = last.map((row) => row.values[c]),
          joins = [...nothing.slice(1), here.at(-1)];
        const side = (values) => [...joins, ...values.map((row) => row[c])];
        const known = [...here, ...found.times.map(() => null)];
        const lines = [
          { name, values: known },
          { name: "forecast", values: side(found.values) },
        ];
        const band = Number.isFinite(found.low[0][c]) ? { low: side(found.low), high: side(found.high) } : null;
        const labels = [
          ...last.map((row, n) => row.written || String(rows.length - last.length + n + 1)),
          ...found.times,
        ];
        return element(
          "figure",
          {},
          element("figcaption", {}, name),
          chart({ title: `${name} and its forecast`, labels, lines, band }),
        );
      }),
    );
    table.replaceChildren(tableOf(found));
    const read = `${plural(rows.length, "row")}, the last of ${rows.at(-1).written || rows.length}`;
    return [read, ...found.findings].join("; ");
  }

  function tableOf({ times, values, low, high, digits }) {
    const text = (number) => numberText(number, digits);
    const head = columns.map((name) => element("th", { scope: "col", class: "number" }, name));
    const body = times.map((time, j) => {
      const cells = columns.map((_, c) => {
        const range = element("span", { class: "range" }, `${text(low[j][c])} to ${text(high[j][c])}`);
        return element("td", { class: "number" }, text(values[j][c]), element("br"), range);
      });
      return element("tr", {}, element("th", { scope: "row" }, time), ...cells);
    });
    const top = element("tr", {}, element("th", { scope: "col" }, "ahead"), ...head);
    return element("table", {}, element("thead", {}, top), element("tbody", {}, ...body));
  }

  input.update();
  return [input.root, element("div", { class: "controls" }, level.root), charts, table];
});
