// Text to words with their places, as seqnlp cuts it.

/** Format characters that a text looks the same without. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\ufeff\u202a-\u202e\u2060-\u2064\u2066-\u206f]/;

/** Those that subwords are read without: all but the zero-width space, which stands between words. */
export const UNSEEN = new RegExp(INVISIBLE.source.replace("\\u200b", ""));

const ALL_INVISIBLE = new RegExp(INVISIBLE.source, "g");

/** The word without invisible characters; one of nothing else stays as it is. */
export function visible(word) {
  return INVISIBLE.test(word) ? word.replace(ALL_INVISIBLE, "") || word : word;
}

export class Tokenizer {
  constructor(pattern) {
    this.pattern = new RegExp(pattern, "gu");
  }

  /** [{text, start, end}] in order; no visible character is lost. */
  tokenize(text) {
    if (!INVISIBLE.test(text)) {
      return Array.from(text.matchAll(this.pattern), (match) =>
        place(text, match.index, match.index + match[0].length),
      );
    }
    const kept = [];
    for (let k = 0; k < text.length; k++) if (!INVISIBLE.test(text[k])) kept.push(k);
    const shown = kept.map((k) => text[k]).join("");
    return Array.from(shown.matchAll(this.pattern), (match) =>
      place(text, kept[match.index], kept[match.index + match[0].length - 1] + 1),
    );
  }
}

function place(text, start, end) {
  return { text: text.slice(start, end), start, end };
}
