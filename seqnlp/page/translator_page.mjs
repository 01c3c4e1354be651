// The page of a translator.
import { InsideView } from "./inside.mjs";
import { LineAnswers } from "./lines.mjs";
import { start } from "./start.mjs";
import { Translator } from "./translator.mjs";
import { announcer, element, finePercent, finished, foldable, lineAtCursor, percent, textField } from "./view.mjs";

const PAUSE = 120,
  NBEST = 5;

start((settings, weights) => {
  const translator = new Translator(settings, weights),
    answers = new LineAnswers((line) => translator.translate(line)),
    [from, to] = settings.languages;
  const input = textField(`Text to translate${from ? ` (${from})` : ""}`, settings.text, update),
    said = announcer();
  if (from) input.lang = from;
  const shown = element("div", {
    class: "answer pairs",
    role: "region",
    "aria-label": "Translation",
    "aria-busy": "false",
  });
  const hint = element(
    "p",
    { class: "note" },
    "Point at a word, or walk through a line with the arrow keys: what it looked at is marked.",
  );
  const others = element("ol", { class: "readings" });
  const alternatives = foldable("Other translations of the line", showAlternatives, others);
  const inside = new InsideView(settings.model.cell, () => {
    const traces = [],
      line = lineAtCursor(input);
    translator.encode(line, traces);
    return { words: translator.steps(line), traces };
  });
  let newest = 0,
    timer = 0,
    line = null;
  document.addEventListener("selectionchange", () => {
    if (document.activeElement === input) showLine();
  });

  function update() {
    clearTimeout(timer);
    newest++;
    shown.setAttribute("aria-busy", "true");
    timer = setTimeout(() => show(newest), newest > 1 ? PAUSE : 0);
    showLine();
  }

  /** Line by line; what was translated before is there at once. */
  async function show(number) {
    const lines = input.value.split("\n");
    answers.begin(lines);
    const blocks = lines.map((line) => pairOf(line, answers.get(line)?.[0])),
      wait = blocks.map((block) => block.classList.contains("waiting"));
    shown.replaceChildren(...blocks);
    for (const [n, line] of lines.entries()) {
      if (!wait[n]) continue;
      const found = await finished(answers.of(line), () => number === newest);
      if (!found || number !== newest) return;
      blocks[n].replaceWith(pairOf(line, found[0]));
    }
    shown.setAttribute("aria-busy", "false");
    said.say(lines.map((line) => answers.get(line)[0].text).join("\n"));
  }

  function pairOf(text, found) {
    if (!found) return element("div", { class: "pair waiting" }, text ? "…" : "");
    if (!found.tokens.length) return element("div", { class: "pair", lang: to }, found.text);
    return new Pair(translator.alignment(text, found), text, settings, said).root;
  }

  function showLine() {
    if (line === lineAtCursor(input)) return;
    line = lineAtCursor(input);
    inside.update();
    if (alternatives.open) showAlternatives();
  }

  async function showAlternatives() {
    const text = lineAtCursor(input);
    const found = await finished(translator.translate(text, NBEST), () => text === lineAtCursor(input));
    if (!found || text !== lineAtCursor(input)) return;
    others.replaceChildren(
      ...found.map(({ text: translation, logProbability }) => {
        const sure = element("span", { class: "number" }, finePercent(Math.exp(logProbability)));
        return element("li", {}, sure, " ", element("span", { lang: to }, translation));
      }),
    );
  }

  update();
  return [input, shown, hint, said.root, alternatives, inside.root];
});

/** A line and its translation; words that belong together are marked together. */
class Pair {
  constructor({ source, target, weights }, text, { languages, unspaced }, said) {
    this.weights = weights;
    this.said = said;
    this.active = -1;
    this.target = target.map((word, t) => this.word(word.text, () => this.showTarget(t)));
    this.source = source.map(({ start, end }, s) => this.word(text.slice(start, end), () => this.showSource(s)));
    const between = (words, space) => words.flatMap((word, n) => (n ? [space, word] : [word]));
    const ahead = element(
      "p",
      { class: "target", lang: languages[1] },
      ...between(this.target, unspaced.target ? "" : " "),
    );
    const below = element("p", { class: "source", lang: languages[0] }, ...between(this.source, " "));
    const events = { keydown: (event) => this.walk(event), mouseleave: () => this.clear(), blur: () => this.clear() };
    this.root = element("div", { class: "pair", tabindex: "0", ...events }, ahead, below);
  }

  word(text, show) {
    return element("span", { class: "share", mouseenter: show, click: show }, text);
  }

  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !this.target.length) return;
    event.preventDefault();
    this.active = Math.min(this.target.length - 1, Math.max(0, this.active + step));
    this.showTarget(this.active);
  }

  showTarget(t) {
    this.active = t;
    this.mark(this.target, (n) => (n === t ? 1 : 0));
    this.mark(this.source, (s) => this.weights[t][s]);
    const most = this.weights[t].indexOf(Math.max(...this.weights[t]));
    const looked = `${this.source[most]?.textContent}, ${percent(this.weights[t][most])}`;
    this.said.say(`${this.target[t].textContent}: ${looked}`);
  }

  showSource(s) {
    const most = Math.max(...this.weights.map((row) => row[s]), 1e-9);
    this.mark(this.source, (n) => (n === s ? 1 : 0));
    this.mark(this.target, (t) => this.weights[t][s] / most);
  }

  clear() {
    this.mark([...this.target, ...this.source], () => 0);
  }

  mark(words, share) {
    words.forEach((word, n) => word.style.setProperty("--share", `${Math.round(60 * share(n))}%`));
  }
}
