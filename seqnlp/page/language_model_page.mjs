// The page of a language model.
import { InsideView } from "./inside.mjs";
import { LanguageModel } from "./language_model.mjs";
import { start } from "./start.mjs";
import { announcer, element, foldable, lineAtCursor, percent, slider, textField } from "./view.mjs";
import { WHITE_SPACE } from "./whitespace.mjs";

const SUGGESTIONS = 6,
  MOST_DRAWN = 60,
  MOST_BITS = 12;

start((settings, weights) => {
  const model = new LanguageModel(settings, weights),
    options = { temperature: 0.8, topP: 0.95 };
  const input = textField("Text", settings.text, update),
    said = announcer();
  const words = element("div", { class: "suggestions", role: "group", "aria-label": "What may come next" });
  const button = element("button", { type: "button", click: write }, "Write on");
  const range = { min: 0.1, max: 1.5, step: 0.05, value: options.temperature };
  const temperature = slider(
    "Temperature",
    range,
    (value) => value.toFixed(2),
    (value) => (options.temperature = value),
  );
  const nucleus = slider(
    "Of the most probable",
    { min: 0.05, max: 1, step: 0.05, value: options.topP },
    percent,
    (value) => {
      options.topP = value;
    },
  );
  const text = element("p", { class: "looked" }),
    sum = element("p", { class: "note" });
  const surprise = foldable("How surprising each word was", showSurprise, sum, text);
  const inside = new InsideView(settings.model.cell, () => model.trace(lineAtCursor(input)));
  let drawing = null;
  document.addEventListener("selectionchange", () => {
    if (document.activeElement === input) inside.update();
  });

  function update() {
    const found = model.complete(input.value, { top: SUGGESTIONS });
    const none = element("span", { class: "note" }, "No word of the model begins like this.");
    words.replaceChildren(...(found.length ? found.map(suggestion) : [none]));
    if (!drawing) said.say(found.map(({ word }) => word).join(", ") || none.textContent);
    showSurprise();
    inside.update();
  }

  function suggestion({ word, probability }) {
    const share = element("span", { class: "number" }, percent(probability));
    return element("button", { type: "button", class: "suggestion", click: () => take(word) }, word, " ", share);
  }

  /** Puts a word in the place of the one under way. */
  function take(word) {
    const begun = input.value.split(WHITE_SPACE).at(-1);
    input.value = `${input.value.slice(0, input.value.length - begun.length)}${word} `;
    input.focus();
    update();
  }

  /** Draws text after that in the field, until it is stopped. */
  async function write() {
    if (drawing) {
      drawing.stopped = true;
      return;
    }
    const own = { stopped: false };
    drawing = own;
    button.textContent = "Stop";
    const before = input.value;
    for (const piece of model.generate(before, MOST_DRAWN, options)) {
      input.value += piece;
      update();
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (own.stopped) break;
    }
    drawing = null;
    button.textContent = "Write on";
    said.say(input.value.slice(before.length));
  }

  function showSurprise() {
    if (!surprise.open) return;
    const found = model.surprises(input.value),
      { pieces, end, wholeWords } = model.tokens;
    text.replaceChildren(
      ...found.flatMap(({ token, logProb }) => {
        if (token === end) return [element("br")];
        const bits = -logProb / Math.LN2,
          shown = pieces[token] || (wholeWords ? " <unk>" : "\ufffd");
        const word = element("span", { class: "share", title: `${bits.toFixed(1)} bits` }, shown.trimStart());
        word.style.setProperty("--share", `${Math.round(60 * Math.min(1, bits / MOST_BITS))}%`);
        return shown.startsWith(" ") ? [" ", word] : [word];
      }),
    );
    const mean = found.reduce((total, { logProb }) => total - logProb, 0) / Math.max(1, found.length);
    const perplexity = Math.exp(mean).toLocaleString("en", { maximumFractionDigits: 1 });
    sum.textContent = found.length
      ? `The fuller the colour, the less expected. Perplexity ${perplexity}: as if so many words were equally probable each time.`
      : "Type something first.";
  }

  update();
  const controls = element("div", { class: "controls" }, button, temperature.root, nucleus.root);
  return [input, words, controls, said.root, surprise, inside.root];
});
