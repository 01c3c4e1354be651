// What a language model of characters has in mind at each word of a sentence.
import { Layer } from "./cells.mjs";
import { TextTokens } from "./language_tokens.mjs";

export class CharacterReader {
  /** The model whose weights' names begin with a prefix; settings: {tokens, lowercase, model}. */
  constructor(weights, prefix, { tokens, lowercase, model }) {
    const levels = Array.from({ length: model.num_layers }, (_, level) => level);
    this.tokens = new TextTokens(tokens);
    this.lowercase = lowercase;
    this.backward = model.direction === "backward";
    this.scale = Math.fround(Math.sqrt(model.embedding_dim));
    this.embedding = (token) => weights.row(`${prefix}.embedding.weight`, token).map((value) => value * this.scale);
    this.layers = levels.map((level) => new Layer(weights, `${prefix}.layers.layers.${level}`, model.cell));
    this.read = [];
    this.places = [];
  }

  /** The state at each word: that after its last character read. A backward model begins with the last character. */
  vectors(words) {
    const cased = words.map((word) => this.tokens.knownForm(this.lowercase ? word.toLowerCase() : word)),
      tokens = [this.tokens.end],
      places = [];
    const texts = this.backward ? cased.map((text) => Array.from(text).reverse().join("")).reverse() : cased;
    texts.forEach((text, number) => {
      tokens.push(...this.tokens.encodeWord(text, number === 0));
      places.push(tokens.length - 1);
    });
    this.readOn(tokens);
    const states = places.map((place) => this.places[place].at(-1).hidden);
    return this.backward ? states.reverse() : states;
  }

  /** Reads tokens; what they have in common with those read before is not read again. */
  readOn(tokens) {
    let known = 0;
    while (known < this.read.length && this.read[known] === tokens[known]) known++;
    this.read.length = this.places.length = known;
    for (const token of tokens.slice(known)) {
      let inputs = this.embedding(token);
      const before = this.places.at(-1) ?? this.layers.map((layer) => layer.start());
      const states = this.layers.map((layer, level) => {
        const state = layer.step(inputs, before[level]);
        inputs = state.hidden;
        return state;
      });
      this.places.push(states);
      this.read.push(token);
    }
  }
}
