// The page of a server: asks it while somebody types, and draws what it answers. Every text becomes a text node.
import { announcer, bars, choice, colour, element, field, numberText, percent, plural, scoreText, textField } from "./view.mjs";

const PAUSE = 250, MOST_BARS = 8, MOST_ROWS = 200, MOST_DIGITS = 15; // answers have as many as are to be written

/** What each verb sends and shows; a verb that is not here (score) is for programs. */
const VERBS = {
  tag: { ask: (text) => ({ texts: text.split("\n") }), draw: drawTagged },
  classify: { ask: (text) => ({ texts: text.split("\n") }), draw: drawClassified },
  translate: { ask: (text) => ({ texts: text.split("\n"), alignments: true }), draw: drawTranslated },
  complete: { ask: (text) => ({ texts: [text], typing: true, top: MOST_BARS }), draw: drawCompleted },
  forecast: { ask: (text) => ({ series: text }), draw: drawForecast },
  detect: { ask: (text) => ({ series: text }), draw: drawDetected },
};

const page = document.getElementById("page"), said = announcer();
const token = element("input", { type: "password", autocomplete: "off", change: begin });
const shown = element("div", { class: "answer", "aria-label": "Answer", role: "region", tabindex: "0" });
let models = [], chosen = null, underWay = null, timer = 0;

async function ask(path, question) {
  const headers = token.value ? { Authorization: `Bearer ${token.value}` } : {};
  const options = { headers, signal: underWay?.signal };
  if (question) {
    headers["Content-Type"] = "application/json";
    Object.assign(options, { method: "POST", body: JSON.stringify(question) });
  }
  const reply = await fetch(path, options), content = await reply.json().catch(() => ({ error: reply.statusText }));
  if (!reply.ok) throw Object.assign(new Error(content.error), { status: reply.status });
  return content;
}

async function begin() {
  try {
    ({ models } = await ask("models"));
  } catch (problem) {
    page.replaceChildren(problem.status === 401 ? field("Token of this server", token) : String(problem.message));
    return;
  }
  const wanted = new URLSearchParams(location.hash.slice(1)).get("model"); // as in /#model=names&text=Hello
  chosen = models.find((model) => model.name === wanted) ?? models[0];
  const input = textField("Text, or rows of CSV", "", () => later(input));
  const options = Object.fromEntries(models.map((model) => [model.name, `${model.name} (${model.task.replace("_", " ")})`]));
  const which = choice("Model", options, chosen.name, (name) => {
    chosen = models.find((model) => model.name === name);
    answer(input);
  });
  page.replaceChildren(element("div", { class: "controls" }, which.root), input, element("p", { class: "note" }), shown, said.root);
  answer(input);
}

function later(input) {
  clearTimeout(timer);
  timer = setTimeout(() => answer(input), PAUSE);
}

async function answer(input) {
  underWay?.abort();
  underWay = new AbortController();
  const mine = underWay, { ask: asked, draw } = VERBS[chosen.verbs[0]];
  if (!input.value.trim()) {
    shown.replaceChildren();
    return;
  }
  try {
    const { answers } = await ask(chosen.verbs[0], { model: chosen.name, ...asked(input.value) });
    if (mine === underWay) shown.replaceChildren(...answers.flatMap(draw));
  } catch (problem) {
    if (mine === underWay && problem.name !== "AbortError") shown.replaceChildren(String(problem.message));
  }
  if (mine === underWay) said.say(shown.textContent.slice(0, 300));
}

/** Part of a text by offsets that count characters as Python does, not UTF-16 units. */
function slicer(text) {
  const characters = Array.from(text);
  return (start, end) => characters.slice(start, end).join("");
}

function drawTagged({ text, tokens, tags, spans, probabilities }) {
  const slice = slicer(text), numbers = new Map((chosen.labels ?? []).map((label, n) => [label, n])), parts = [];
  const marks = spans ?? tokens.map((word, n) => ({ ...word, label: tags[n], probability: probabilities[n] }));
  let done = 0;
  for (const { start, end, label, probability } of marks) {
    const name = element("span", { class: "name" }, ` ${label} ${percent(probability)}`);
    parts.push(slice(done, start), element("mark", { class: colour(numbers.get(label) ?? 0) }, slice(start, end), name));
    done = end;
  }
  return [...parts, slice(done), "\n"];
}

function drawClassified({ text, labels, probabilities }) {
  const best = Object.entries(probabilities).sort((one, other) => other[1] - one[1]).slice(0, MOST_BARS);
  const rows = best.map(([name, part]) => ({ name, part, value: percent(part), chosen: labels.includes(name) }));
  return [element("div", {}, text), element("div", { class: "bars" }, ...bars(rows))];
}

function drawTranslated({ source_words: from, target_words: to, translation, alignment }) {
  if (!to?.length) return [element("div", {}, translation)];
  const words = to.map((word, t) => {
    const sources = alignment.filter(([, target]) => target === t).map(([source]) => from[source]);
    return element("span", { title: sources.join(" ") }, word);
  });
  return [element("div", {}, ...words.flatMap((word) => [word, " "]))];
}

function drawCompleted({ completions }) {
  if (!completions.length) return ["No word of the model begins like this."];
  const rows = completions.map(({ word, probability }) => ({ name: word, part: probability, value: percent(probability) }));
  return [element("div", { class: "bars" }, ...bars(rows))];
}

function drawForecast({ origin, level, ahead, notes }) {
  const names = Object.keys(ahead[0] ?? {}).filter((name) => name !== "time" && name !== "step");
  const rows = ahead.map((row) => [row.time, ...names.map((name) => interval(row[name]))]);
  return [`After ${origin}, with intervals of ${percent(level)}.`, table(["row", ...names], rows), ...remarks(notes)];
}

function drawDetected({ events, scored, flagged, notes }) {
  const rows = events.map(({ start, end, peak, score }) => [start, end, peak, scoreText(score)]);
  const count = `${plural(events.length, "event")}; ${flagged} of ${plural(scored, "row")} flagged.`;
  return [count, table(["from", "to", "highest at", "score"], rows), ...remarks(notes)];
}

function table(heading, rows) {
  const line = (kind, cells) => element("tr", {}, ...cells.map((cell) => element(kind, {}, ...[cell].flat())));
  const head = element("thead", {}, line("th", heading));
  const body = element("tbody", {}, ...rows.slice(0, MOST_ROWS).map((row) => line("td", row)));
  const wide = { class: "scroll", tabindex: "0", role: "region", "aria-label": "Rows" };
  return element("div", wide, element("table", {}, head, body));
}

function remarks(notes) {
  return notes.map((note) => element("p", { class: "note" }, note));
}

function interval({ value, low, high }) {
  const text = (number) => numberText(number, MOST_DIGITS), range = low === null ? "" : `${text(low)} to ${text(high)}`;
  return [text(value), element("div", { class: "range" }, range)];
}

begin();
