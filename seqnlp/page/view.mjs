// Pieces of pages: every text reaches the document as a text node.

const SLOW_CHANGE = 100,
  TYPING_PAUSE = 300; // milliseconds

/** An element; attributes whose value is a function are listeners, true and false switch one on and off. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A number with as many digits, thousands apart; a dash where there is none. */
export function numberText(number, digits) {
  if (number === null || !Number.isFinite(number)) return "–";
  return Number(number.toPrecision(digits)).toLocaleString("en", { maximumSignificantDigits: digits });
}

/** A score of a detector, as Python writes it. */
export function scoreText(score) {
  return numberText(score, 4);
}

export function percent(probability) {
  if (probability > 0.995 && probability < 1) return ">99 %";
  return probability > 0 && probability < 0.005 ? "<1 %" : `${Math.round(100 * probability)} %`;
}

/** Two digits, however small: what texts as a whole are compared by. */
export function finePercent(probability) {
  return `${Number((100 * probability).toPrecision(2))} %`;
}

export function plural(count, word, many = `${word}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? word : many}`;
}

/** Class of the colour of the label with that number; the label always stands beside it. */
export function colour(number) {
  return `colour${number % 6}`;
}

/** A field of a form with its name before it. */
export function field(name, input) {
  return element("label", { class: "field" }, element("span", {}, name), input);
}

/** A choice among texts: {value: text}. */
export function choice(name, options, chosen, change) {
  const made = element("select", { change: () => change(made.value) });
  for (const [value, text] of Object.entries(options)) {
    made.append(element("option", { value, selected: value === chosen }, text));
  }
  return { root: field(name, made), input: made };
}

/** A slider that shows its value beside it. */
export function slider(name, { min, max, step, value }, shown, change) {
  const output = element("output", {}, shown(value));
  const input = element("input", { type: "range", min, max, step, value });
  input.addEventListener("input", () => {
    output.textContent = shown(Number(input.value));
    change(Number(input.value));
  });
  return { root: element("label", { class: "field" }, element("span", {}, name), input, output), input, output };
}

/** What a screen reader says once typing has paused. */
export function announcer() {
  const root = element("p", { class: "status", "aria-live": "polite" });
  let timer = 0;
  return {
    root,
    say(text) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (root.textContent !== text) root.textContent = text;
      }, 400);
    },
  };
}

/** A part of a page that is computed only while it is open; with `#open` in the address it is open at first. */
export function foldable(title, update, ...content) {
  const attributes = { toggle: () => root.open && update(), open: inAddress("open") !== null };
  const root = element("details", attributes, element("summary", {}, title), ...content);
  return root;
}

/** What stands in the address behind a name, as in `page.html#text=Hello&open`. */
function inAddress(name) {
  return new URLSearchParams(location.hash.slice(1)).get(name);
}

/** The text field of a page; it begins with what stands behind `#text=` in the address, or with the model's own text. */
export function textField(name, text, change, rows = 4) {
  const named = { "aria-label": name, placeholder: "Type or paste it here." };
  const input = element("textarea", { id: "text", rows, spellcheck: "false", autocomplete: "off", ...named });
  input.value = inAddress("text") ?? text;
  input.addEventListener("input", paced(change));
  return input;
}

/** Calls at once what was fast the last time, and what was slow, as with a long text, when typing pauses. */
export function paced(change) {
  let took = 0,
    timer = 0;
  const call = () => {
    const begun = performance.now();
    change();
    took = performance.now() - begun;
  };
  return () => {
    clearTimeout(timer);
    if (took < SLOW_CHANGE) call();
    else timer = setTimeout(call, TYPING_PAUSE);
  };
}

/** The line in which the cursor is. */
export function lineAtCursor(input) {
  const before = input.value.slice(0, input.selectionStart),
    from = before.lastIndexOf("\n") + 1;
  const to = input.value.indexOf("\n", from);
  return input.value.slice(from, to < 0 ? undefined : to);
}

/** Bars with a name and a value: [{name, part, value, chosen}], part from 0 to 1. */
export function bars(rows) {
  return rows.map(({ name, part, value, chosen = false }) => {
    const bar = element("span", { class: "bar" });
    bar.style.width = `${100 * part}%`;
    const track = element("span", { class: "track", "aria-hidden": "true" }, bar);
    const row = [element("span", { class: "label" }, name), track, element("span", { class: "number" }, value)];
    return element("div", { class: chosen ? "row chosen" : "row" }, ...row);
  });
}

/** Runs a generator that pauses, a little at a time, so that the page stays awake; null once it is not wanted any more. */
export async function finished(generator, isWanted) {
  for (let begun = performance.now(); ;) {
    const { done, value } = generator.next();
    if (done) return value;
    if (performance.now() - begun > 30) {
      await new Promise((resolve) => setTimeout(resolve));
      if (!isWanted()) return null;
      begun = performance.now();
    }
  }
}
