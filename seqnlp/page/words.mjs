// What a word is before its context is read: [pretrained + correction, characters, casing] side by side.
import { casing, isDigit } from "./casing.mjs";
import { joined } from "./numbers.mjs";
import { WordPieces } from "./pieces.mjs";
import { Stack } from "./recurrent.mjs";
import { visible } from "./tokenizer.mjs";

const PADDING = 0,
  WORD_BEGIN = 1,
  WORD_END = 2,
  FIRST_CHARACTER = 3,
  MAX_WORD_LENGTH = 32,
  MAX_KEPT = 20000;

export class WordRows {
  /** vocabulary: {words, vector_words, pieces (or none), characters, lowercase}. */
  constructor(weights, vocabulary, fineTune) {
    const index = (list) => new Map(list.map((word, number) => [word, number + 1]));
    this.weights = weights;
    this.fineTune = fineTune;
    this.lowercase = vocabulary.lowercase;
    this.words = index(vocabulary.words);
    this.vectorWords = index(vocabulary.vector_words);
    this.characters = index(vocabulary.characters);
    this.pieces = new WordPieces(vocabulary.pieces ?? []);
    this.numPieces = vocabulary.pieces?.length ?? 0;
    this.readCharacters = characterModel(weights);
    this.kept = new Map();
  }

  /** The vector of a word form; computed once a form. */
  vector(word) {
    if (!this.kept.has(word)) {
      if (this.kept.size >= MAX_KEPT) this.kept.clear();
      this.kept.set(word, this.computed(this.form(word)));
    }
    return this.kept.get(word);
  }

  /** What is visible of a word, with accents as the model knows it: composed (NFC) or apart (NFD) if only so. */
  form(word) {
    const shown = visible(word);
    if (/^[\x00-\x7f]*$/.test(shown) || this.knows(shown)) return shown;
    const forms = [shown.normalize("NFC"), shown.normalize("NFD")].filter((form) => form !== shown);
    const known = forms.find((form) => this.knows(form));
    const unknown = (form) => Array.from(form).filter((c) => !this.characters.has(c)).length;
    return known ?? forms.reduce((best, form) => (unknown(form) < unknown(best) ? form : best), shown);
  }

  knows(word) {
    return this.words.has(this.lowercase ? word.toLowerCase() : word) || this.vectorForm(word) !== undefined;
  }

  computed(word) {
    const parts = [];
    if (this.weights.has("embedder.table.weight")) parts.push(this.wordPart(word));
    if (this.readCharacters) parts.push(this.readCharacters(this.characterIds(word)));
    if (this.weights.has("embedder.casing.weight"))
      parts.push(this.weights.row("embedder.casing.weight", casing(word)));
    return joined(parts);
  }

  wordPart(word) {
    const id = this.words.get(this.lowercase ? word.toLowerCase() : word) ?? 0;
    const learned = this.weights.row("embedder.table.weight", id);
    if (!this.weights.has("embedder.vectors.codes")) return learned;
    const rows = this.vectorRows(word),
      readsTable = rows.length === 0 || (this.fineTune && id > 0);
    const vector = this.meanOf(rows, learned.length);
    if (readsTable) for (let k = 0; k < vector.length; k++) vector[k] += learned[k];
    return vector;
  }

  /** The mean of some rows of the table of pretrained vectors; of none, zeros. */
  meanOf(rows, width) {
    const total = new Float32Array(width),
      scales = this.weights.get("embedder.vectors.scales");
    for (const row of rows) {
      const codes = this.weights.row("embedder.vectors.codes", row);
      for (let k = 0; k < width; k++) total[k] += codes[k] * scales[row];
    }
    return total.map((value) => value / Math.max(rows.length, 1));
  }

  /** The rows whose mean is the word's pretrained vector: that of the first of its forms with one, or its pieces'. */
  vectorRows(word) {
    const found = this.vectorForm(word);
    return found === undefined ? this.pieces.rows(word) : [this.numPieces + found];
  }

  /** The number of the first of a word's forms that has a pretrained vector. */
  vectorForm(word) {
    const lower = word.toLowerCase(),
      bare = lower.replace(/^[#@]+/, "");
    const zeros = Array.from(lower, (c) => (isDigit(c) ? "0" : c)).join("");
    const form = [word, lower, bare, zeros].find((one) => one && this.vectorWords.has(one));
    return form === undefined ? undefined : this.vectorWords.get(form);
  }

  characterIds(word) {
    let characters = Array.from(word);
    const half = MAX_WORD_LENGTH / 2;
    if (characters.length > MAX_WORD_LENGTH) characters = [...characters.slice(0, half), ...characters.slice(-half)];
    return [WORD_BEGIN, ...characters.map((c) => (this.characters.get(c) ?? 0) + FIRST_CHARACTER), WORD_END];
  }
}

function characterModel(weights) {
  if (weights.has("embedder.characters.project.weight")) return convolvedCharacters(weights);
  if (weights.has("embedder.characters.embedding.weight")) return recurrentCharacters(weights);
  return null;
}

/** A convolution over three characters and its maximum: what each character adds at each place is computed once. */
function convolvedCharacters(weights) {
  const project = weights.get("embedder.characters.project.weight");
  const bias = weights.get("embedder.characters.project.bias"),
    size = bias.length,
    kept = new Map();

  function added(character) {
    if (!kept.has(character)) {
      const embedded = weights.row("embedder.characters.embedding.weight", character),
        width = embedded.length;
      kept.set(
        character,
        [0, 1, 2].map((place) => {
          const out = new Float32Array(size);
          for (let f = 0; f < size; f++) {
            for (let e = 0; e < width; e++) out[f] += project[(f * 3 + place) * width + e] * embedded[e];
          }
          return out;
        }),
      );
    }
    return kept.get(character);
  }

  return (characters) => {
    const out = new Float32Array(size).fill(-Infinity),
      wide = [...characters, PADDING].map(added);
    for (let at = 0; at + 2 < wide.length; at++) {
      for (let f = 0; f < size; f++) {
        const sum = wide[at][0][f] + wide[at + 1][1][f] + wide[at + 2][2][f];
        if (sum > out[f]) out[f] = sum;
      }
    }
    return out.map((value, f) => Math.tanh(value + bias[f]));
  };
}

/** An LSTM in both directions, its final states side by side. */
function recurrentCharacters(weights) {
  const settings = { cell: "lstm", num_layers: 1, bidirectional: true };
  const stack = new Stack(weights, "embedder.characters.recurrent", settings);
  return (characters) => stack.final(characters.map((c) => weights.row("embedder.characters.embedding.weight", c)));
}
