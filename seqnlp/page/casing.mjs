// The shape of a word as one of nine classes: a number each, as seqnlp.text.casing has them.
const [LOWER, UPPER, TITLE, MIXED, CASELESS, DIGITS, MOSTLY_DIGITS, SOME_DIGITS, PUNCTUATION] = Array(9).keys();

/** Digits of any script, and those that are raised, lowered or in circles. */
const DIGIT =
  /[\p{Nd}\u00b2\u00b3\u00b9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]/u;
const LETTER = /\p{L}/u;

export function isDigit(character) {
  return DIGIT.test(character);
}

export function casing(word) {
  const characters = Array.from(word);
  const digits = characters.filter(isDigit).length,
    letters = characters.filter((c) => LETTER.test(c));
  if (!letters.length) return digits ? DIGITS : PUNCTUATION;
  if (digits) return 2 * digits > characters.length ? MOSTLY_DIGITS : SOME_DIGITS;
  const lower = word.toLowerCase(),
    upper = word.toUpperCase();
  if (lower === upper) return CASELESS;
  if (word === lower) return LOWER;
  const rest = letters.slice(1).join("");
  if (rest === rest.toLowerCase()) return TITLE;
  return word === upper ? UPPER : MIXED;
}
