// The page of an anomaly detector.
import { chart } from "./chart.mjs";
import { Detector } from "./detector.mjs";
import { seriesInput } from "./series_input.mjs";
import { start } from "./start.mjs";
import { choice, element, finished, plural, scoreText } from "./view.mjs";

start((settings, weights) => {
  const detector = new Detector(settings, weights),
    { columns, thresholds } = settings;
  const charts = element("div", { class: "charts" }),
    list = element("ol", { class: "readings" });
  const options = Object.fromEntries(
    thresholds.map(([rate], place) => [place, `${Number((100 * rate).toPrecision(4))} %`]),
  );
  let chosen = thresholds.findIndex(([rate]) => rate === settings.false_alarms);
  const rate = choice("Normal rows that may be flagged", options, String(chosen), (value) => {
    chosen = Number(value);
    input.update();
  });
  const input = seriesInput(settings, { show, clear });

  let newest = 0;

  function clear() {
    newest++;
    charts.replaceChildren();
    list.replaceChildren();
  }

  async function show(rows) {
    const threshold = thresholds[chosen][1],
      number = ++newest;
    const found = await finished(detector.detect(rows, threshold), () => number === newest);
    if (!found || number !== newest) return null;
    const { rows: judged, events } = found;
    const labels = judged.map((row) => row.place),
      marks = judged.flatMap((row, t) => (row.flagged ? [t] : []));
    const scores = {
      title: "Scores",
      labels,
      lines: [{ name: "score", values: judged.map((row) => row.score) }],
      level: threshold,
      logarithmic: true,
    };
    const drawings = columns.map((name, c) => {
      const lines = [{ name, values: rows.map((row) => row.values[c]) }];
      return [name, chart({ title: `${name}, flagged rows marked`, labels, lines, marks })];
    });
    drawings.push([`score (flagged above ${scoreText(threshold)})`, chart({ ...scores, marks })]);
    charts.replaceChildren(
      ...drawings.map(([name, svg]) => element("figure", {}, element("figcaption", {}, name), svg)),
    );
    list.replaceChildren(...events.map(eventItem));
    return `${plural(rows.length, "row")}, ${plural(marks.length, "flagged row")}, ${plural(events.length, "event")}`;
  }

  input.update();
  return [input.root, element("div", { class: "controls" }, rate.root), charts, list];
});

function eventItem({ start, end, peak, score, flagged }) {
  const place = start === end ? start : `${start} to ${end}`;
  const more = `score ${scoreText(score)} at its peak ${peak}, ${plural(flagged, "flagged row")}`;
  return element("li", {}, element("strong", {}, place), `: ${more}`);
}
