// White space as Python has it: what `str.split()` and `str.isprintable()` say.
export const SPACES = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
export const WHITE_SPACE = new RegExp(SPACES);
const AROUND = new RegExp(`^${SPACES}+|${SPACES}+$`, "g"),
  BETWEEN = new RegExp(`${SPACES}+`);
const WORD = new RegExp(`[^${SPACES.slice(1, -1)}]+`, "g");

export function stripped(text) {
  return text.replace(AROUND, "");
}

export function splitWords(text) {
  return stripped(text).split(BETWEEN).filter(Boolean);
}

/** Where the words between spaces are: [{start, end}]. */
export function wordPlaces(text) {
  return Array.from(text.matchAll(WORD), (match) => ({ start: match.index, end: match.index + match[0].length }));
}

/** The text on one line, whatever its bytes spelt. */
export function oneLine(text) {
  return /(?! )[\p{C}\p{Z}]/u.test(text) ? splitWords(text).join(" ") : text;
}
