// Where the sentences of a line end, as seqnlp.text.sentence_ends tells.
import { SPACES, stripped } from "./whitespace.mjs";

const INSIDE = SPACES.slice(1, -1),
  END_MARKS = ".!?…؟۔।॥",
  OPENERS = "\"'“„‘«»(\\[¿¡",
  CLOSERS = "\"'“”‘’«»)\\]";
const SENTENCE_END = new RegExp(
  `(?<![${END_MARKS}])(?<mark>[${END_MARKS}]+)[${CLOSERS}]*[${INSIDE}]+(?=[${OPENERS}]*(?<next>[^${INSIDE}${OPENERS}]))` +
    "|(?<![。！？])[。！？]+(?![」』）”’。！？]|$)",
  "gu",
);
const LAST_WORD = new RegExp(`[^${INSIDE}${OPENERS}/–—\\-]*$`, "u");
const TITLES = new Set(
  "bzw ca dr dra etc fr hr inkl jr mag mlle mme mr mrs ms nr prof resp sr sra st str vgl vs zzgl".split(" "),
);
const ORDINAL = 2,
  ABBREVIATED = 3,
  LOOKED_AT = 40;

/** The text in stretches of at most `most` sentences; 0: the text as it is. */
export function sentenceParts(text, { most, abbreviations, lowercase }) {
  if (!most) return [text];
  const known = new Set(abbreviations),
    edges = [0, ...ends(text, known, lowercase), text.length];
  const sentences = edges
    .slice(1)
    .map((end, n) => text.slice(edges[n], end))
    .filter(stripped);
  if (sentences.length <= most) return [text];
  const parts = [];
  for (let n = 0; n < sentences.length; n += most) parts.push(stripped(sentences.slice(n, n + most).join("")));
  return parts;
}

function* ends(text, abbreviations, lowercase) {
  for (const match of text.matchAll(SENTENCE_END)) {
    const { mark, next } = match.groups;
    if (mark && (!/^\p{L}$/u.test(next) || (!lowercase && /^\p{Lowercase}$/u.test(next)))) continue;
    const word = mark === "." ? lastWord(text.slice(0, match.index)) : "";
    const goesOn = mark && (continues(word, next) || abbreviations.has(word));
    if (!goesOn) yield match.index + match[0].length;
  }
}

function lastWord(text) {
  const letters = Array.from(text.slice(-2 * LOOKED_AT)).slice(-LOOKED_AT);
  return LAST_WORD.exec(letters.join(""))[0].toLowerCase();
}

/** Whether a full stop after a word, and before a letter, ends no sentence. */
function continues(word, after) {
  const letters = Array.from(word).length;
  if (/^\p{Nd}+$/u.test(word)) return letters <= ORDINAL;
  const uncased = after.toUpperCase() === after.toLowerCase() && letters <= ABBREVIATED;
  return letters > 0 && (letters === 1 || word.includes(".") || uncased || TITLES.has(word));
}
