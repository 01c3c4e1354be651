// The page of a classifier.
import { Classifier } from "./classifier.mjs";
import { InsideView } from "./inside.mjs";
import { start } from "./start.mjs";
import { announcer, bars, element, foldable, percent, plural, textField } from "./view.mjs";

const MAX_LABELS = 20;

start((settings, weights) => {
  const classifier = new Classifier(settings, weights),
    { labels, model } = settings;
  const input = textField("Text", settings.text, update),
    said = announcer();
  const shown = element("div", { class: "bars", role: "region", "aria-label": "Labels" });
  const note = element("p", { class: "note" }),
    text = element("p", { class: "looked" });
  const looked = foldable("What the vector of the text is made of", update, text);
  const inside = new InsideView(model.cell, () => {
    const traces = [],
      { tokens } = classifier.classify(input.value, traces),
      pool = model.convolution_dim ? model.convolution_pool : 1;
    const words = tokens.slice(0, model.window).map((token) => token.text);
    const steps = Array.from({ length: Math.ceil(words.length / pool) }, (_, n) =>
      words.slice(n * pool, (n + 1) * pool).join(" "),
    );
    return { words: steps, traces };
  });

  function update() {
    const { tokens, probabilities, order, chosen, looked: shares } = classifier.classify(input.value);
    const rows = order.slice(0, MAX_LABELS).map((label) => ({
      name: labels[label],
      part: probabilities[label],
      value: percent(probabilities[label]),
      chosen: chosen.includes(label),
    }));
    shown.replaceChildren(...bars(rows));
    const truncated = model.long === "truncated" && tokens.length > model.window;
    note.textContent = `${plural(tokens.length, classifier.subwords ? "subword" : "word")}${truncated ? `, the first ${model.window} are read` : ""}`;
    const names = chosen.map((label) => `${labels[label]}, ${percent(probabilities[label])}`);
    said.say(names.length ? names.join("; ") : "no label");
    looked.hidden = !shares;
    if (shares && looked.open) text.replaceChildren(...shaded(tokens, shares));
    inside.update();
  }

  update();
  return [input, shown, note, said.root, looked, inside.root];
});

/** The words, the darker the larger their share. */
function shaded(tokens, shares) {
  const most = Math.max(1e-9, ...shares);
  return tokens.flatMap((token, t) => {
    const word = element("span", { class: "share", title: percent(shares[t]) }, token.text.replaceAll("\u2581", ""));
    word.style.setProperty("--share", `${Math.round((60 * shares[t]) / most)}%`);
    return [word, " "];
  });
}
