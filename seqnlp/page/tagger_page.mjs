// The page of a tagger.
import { InsideView } from "./inside.mjs";
import { LineAnswers } from "./lines.mjs";
import { start } from "./start.mjs";
import { Tagger } from "./tagger.mjs";
import {
  announcer,
  colour,
  element,
  finished,
  foldable,
  lineAtCursor,
  percent,
  plural,
  slider,
  textField,
} from "./view.mjs";

const READINGS = 5,
  REDRAWN = 400; // milliseconds

start((settings, weights) => {
  const tagger = new Tagger(settings, weights),
    plain = settings.model.scheme === "none";
  const labels = plain ? settings.tags : [...new Set(settings.tags.filter((t) => t !== "O").map((t) => t.slice(2)))];
  const colours = new Map(labels.map((label, number) => [label, colour(number)]));
  const answers = new LineAnswers(function* (line) {
    return tagger.tag(line);
  });
  let least = 0,
    newest = 0;

  const input = textField("Text", settings.text, update),
    said = announcer();
  const shown = element("div", { class: "answer", "aria-label": "Answer", role: "region", tabindex: "0" });
  const threshold = slider(
    "Show from",
    { min: 0, max: 100, step: 1, value: 0 },
    (value) => `${value} %`,
    (value) => {
      least = value / 100;
      update();
    },
  );
  const inside = new InsideView(settings.model.cell, () => {
    const traces = [],
      { tokens } = tagger.tag(lineAtCursor(input), { trace: traces });
    return { words: tokens.map((token) => token.text), traces };
  });
  const readings = element("ol", { class: "readings" });
  const others = foldable("Other readings of the line", showReadings, readings);
  document.addEventListener("selectionchange", () => {
    if (document.activeElement === input) showLine();
  });

  async function update() {
    const number = ++newest,
      lines = input.value.split("\n");
    let drawn = performance.now();
    answers.begin(lines);
    showLine();
    const whole = await finished(answers.all(lines), () => {
      if (number === newest && performance.now() - drawn > REDRAWN) {
        draw(lines);
        drawn = performance.now();
      }
      return number === newest;
    });
    if (!whole || number !== newest) return;
    draw(lines);
    const spans = lines.flatMap((text) => visibleSpans(answers.get(text)).map((span) => [text, span]));
    const words = lines.reduce((sum, text) => sum + answers.get(text).tokens.length, 0);
    said.say(plain ? plural(words, "word") : summary(spans));
  }

  /** The lines; those that are not answered yet stand as they are. */
  function draw(lines) {
    const parts = (text, found) => (found ? marked(text, found) : [text]);
    shown.replaceChildren(...lines.flatMap((text) => [...parts(text, answers.get(text)), "\n"]));
  }

  let line = null;
  function showLine() {
    if (line === lineAtCursor(input)) return;
    line = lineAtCursor(input);
    inside.update();
    if (others.open) showReadings();
  }

  function visibleSpans(found) {
    return found.spans.filter((span) => span.probability >= least);
  }

  function marked(text, found) {
    if (plain) return taggedWords(text, found);
    const parts = [];
    let done = 0;
    for (const span of visibleSpans(found)) {
      parts.push(text.slice(done, span.start), entity(text, span));
      done = span.end;
    }
    return [...parts, text.slice(done)];
  }

  function entity(text, { start, end, label, probability }) {
    const name = element("span", { class: "name" }, ` ${label} ${percent(probability)}`);
    return element("mark", { class: colours.get(label) }, text.slice(start, end), name);
  }

  function taggedWords(text, { tokens, tags, probabilities }) {
    return tokens.flatMap((token, t) => {
      const weak = probabilities[t] < least,
        name = weak ? "?" : `${tags[t]} ${percent(probabilities[t])}`;
      const below = element("span", { class: "name" }, name);
      return [element("span", { class: `word ${weak ? "" : colours.get(tags[t])}` }, token.text, below), " "];
    });
  }

  function showReadings() {
    const text = lineAtCursor(input),
      { nbest, tokens } = tagger.tag(text, { nbest: READINGS });
    readings.replaceChildren(
      ...nbest.map(({ probability, tags, spans }) => {
        const names = plain
          ? tokens.map((token, t) => `${token.text}/${tags[t]}`).join(" ")
          : spans.map((span) => `${text.slice(span.start, span.end)} (${span.label})`).join(", ") || "no entities";
        return element("li", {}, element("span", { class: "number" }, percent(probability)), ` ${names}`);
      }),
    );
  }

  update();
  return [input, element("div", { class: "controls" }, threshold.root), shown, said.root, inside.root, others];
});

function summary(spans) {
  const names = spans.slice(0, 20).map(([text, span]) => `${text.slice(span.start, span.end)}, ${span.label}`);
  return `${plural(spans.length, "entity", "entities")}${names.length ? `: ${names.join("; ")}` : ""}`;
}
