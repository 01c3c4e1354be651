// What a language model reads and predicts: words, subwords or characters, and the end mark of a line.
import { Subwords } from "./subwords.mjs";
import { Tokenizer, visible } from "./tokenizer.mjs";
import { splitWords } from "./whitespace.mjs";

export class TextTokens {
  /** settings: {kind, end, special, pieces, pattern, subwords}; pieces are what each token writes. */
  constructor({ kind, end, special, pieces, pattern, subwords }) {
    this.kind = kind;
    this.end = end;
    this.special = special;
    this.pieces = pieces;
    this.wholeWords = kind === "words";
    this.tokenizer = pattern ? new Tokenizer(pattern) : null;
    this.subwords = subwords ? new Subwords(subwords) : null;
    this.numbers = new Map(pieces.map((piece, number) => [piece, number]).filter(([piece]) => piece));
    this.sorted = [...this.numbers.keys()].sort();
  }

  /** The tokens of a word; first: it begins its line. */
  encodeWord(word, first) {
    const form = this.knownForm(word);
    if (this.kind === "characters")
      return Array.from(this.lead(first) + form, (letter) => this.numbers.get(letter) ?? 0);
    return this.encode(form);
  }

  /** The word, or where it is unknown what looks the same and is known. */
  knownForm(word) {
    const reads = (form) => {
      if (this.kind === "characters") return Array.from(form).every((letter) => this.numbers.has(letter));
      const tokens = this.encode(form);
      return this.subwords ? !tokens.some((token) => this.subwords.isByte(token)) : !tokens.includes(0);
    };
    if (/^[\x00-\x7f]*$/.test(word) || reads(word)) return word;
    const seen = visible(word);
    return [seen, seen.normalize("NFC"), seen.normalize("NFD")].find(reads) ?? word;
  }

  encode(word) {
    if (this.subwords) return this.subwords.encode(word);
    const parts = this.tokenizer ? this.tokenizer.tokenize(word).map((token) => token.text) : splitWords(word);
    return parts.map((part) => this.numbers.get(` ${part}`) ?? 0);
  }

  /** What a word writes before itself. */
  lead(first) {
    return this.kind === "characters" && first ? "" : " ";
  }

  /** The byte that a token stands for, or null. */
  byte(token) {
    return this.subwords?.isByte(token) ? parseInt(this.subwords.piece(token).slice(3, 5), 16) : null;
  }

  /** Whether the token is neither the beginning of a word nor the end of a line. */
  continuesWord(token) {
    return !this.wholeWords && this.pieces[token][0] !== " " && this.pieces[token][0] !== "\n";
  }

  /** The tokens that write a text and perhaps more. */
  beginningWith(text) {
    let low = 0,
      high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle] < text) low = middle + 1;
      else high = middle;
    }
    const found = [];
    for (; low < this.sorted.length && this.sorted[low].startsWith(text); low++)
      found.push(this.numbers.get(this.sorted[low]));
    return found;
  }

  /** The tokens that write a beginning of a text, but not all of it, and can be continued. */
  within(text) {
    if (this.wholeWords) return [];
    const begun = Array.from({ length: Math.max(0, text.length - 1) }, (_, n) =>
      this.numbers.get(text.slice(0, n + 1)),
    );
    return begun.filter((token) => token !== undefined);
  }
}

/** Tokens as they are drawn, written as text; bytes wait for their character. */
export class TextWriter {
  constructor(tokens, lineBegins) {
    this.tokens = tokens;
    this.lineBegins = lineBegins;
    this.bytes = [];
  }

  /** What can be written now. */
  add(token) {
    const byte = this.tokens.byte(token);
    if (byte !== null) {
      this.bytes.push(byte);
      this.lineBegins = false;
      return "";
    }
    const written = this.tokens.pieces[token];
    const text = this.flush() + (this.lineBegins && written.startsWith(" ") ? written.slice(1) : written);
    if (written) this.lineBegins = token === this.tokens.end;
    return text;
  }

  flush() {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(this.bytes));
    this.bytes = [];
    return text;
  }
}
