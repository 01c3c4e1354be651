// A trained language model: what comes next, and text drawn from it.
import { Layer } from "./cells.mjs";
import { TextTokens, TextWriter } from "./language_tokens.mjs";
import { linears, logSoftmax } from "./numbers.mjs";
import { drawn, sampled } from "./sampling.mjs";
import { WHITE_SPACE } from "./whitespace.mjs";
import { WordSearch } from "./word_search.mjs";

export class LanguageModel {
  constructor(settings, weights) {
    const { model } = settings,
      levels = Array.from({ length: model.num_layers }, (_, level) => level);
    this.settings = settings;
    this.weights = weights;
    this.tokens = new TextTokens(settings.tokens);
    this.layers = levels.map((level) => new Layer(weights, `layers.layers.${level}`, model.cell));
    this.scale = Math.fround(Math.sqrt(model.embedding_dim));
    this.table = model.tie_embeddings ? "embedding.weight" : "output_table";
    this.search = new WordSearch(this.tokens);
    this.beginning = { states: this.layers.map((layer) => layer.start()) };
    this.read = [];
    this.places = [];
  }

  /** The most probable next words; typing: the last word is still being typed, unless a space follows it. */
  complete(text, { typing = true, top = 5 } = {}) {
    const { sequence, word, lineBegins } = this.typed(text, !typing),
      step = (places, tokens) => this.step(places, tokens);
    return this.search.nextWords(this.at(sequence), step, this.tokens.lead(lineBegins), word, top);
  }

  /** Text drawn after a prompt, piece by piece; random: () -> a number from 0 to 1. */
  *generate(prompt, length, options, random = Math.random) {
    const { sequence, word, lineBegins } = this.typed(prompt, false),
      spaced = !lineBegins && !word;
    const tail = word || spaced ? this.tokens.encodeWord(word, lineBegins) : [];
    const writer = new TextWriter(this.tokens, !word),
      inner = spaced && !tail.length ? this.search.continues : [];
    let place = this.at([...sequence, ...tail]);
    for (let number = 0; number < length; number++) {
      const ruledOut = number ? this.tokens.special : [...this.tokens.special, ...inner];
      const token = drawn(sampled(place.logProbs, ruledOut, options), random());
      const text = writer.add(token);
      if (text) yield text;
      [place] = this.step([place], [token]);
    }
    const rest = writer.flush();
    if (rest) yield rest;
  }

  /** The tokens of all finished words, the beginning of a line first, and what is typed of the word under way. */
  typed(text, finish) {
    const sequence = [this.tokens.end];
    let word = "",
      lineBegins = true;
    const close = () => {
      if (!word) return;
      sequence.push(...this.tokens.encodeWord(word, lineBegins));
      lineBegins = false;
      word = "";
    };
    (this.settings.lowercase ? text.toLowerCase() : text).split("\n").forEach((line, number) => {
      if (number) {
        close();
        sequence.push(this.tokens.end);
        lineBegins = true;
      }
      const parts = line.split(WHITE_SPACE);
      parts.forEach((part, n) => {
        word += part;
        if (n < parts.length - 1) close();
      });
    });
    if (finish) close();
    return { sequence, word, lineBegins };
  }

  /** The place after tokens; what was read before is not read again. */
  at(sequence) {
    let known = 0;
    while (known < this.read.length && known < sequence.length && this.read[known] === sequence[known]) known++;
    this.read.length = this.places.length = known;
    for (const token of sequence.slice(known)) {
      this.places.push(this.step([this.places.at(-1) ?? this.beginning], [token])[0]);
      this.read.push(token);
    }
    return this.places.at(-1);
  }

  /** Log probability of each token of a text after those before it: [{token, logProb}]. */
  surprises(text) {
    const { sequence } = this.typed(text, true);
    this.at(sequence);
    return sequence.slice(1).map((token, n) => ({ token, logProb: this.places[n].logProbs[token] }));
  }

  /** What the layers hold while they read a line: as many steps as it has tokens, and the beginning. */
  trace(text) {
    const { sequence } = this.typed(text, true),
      { end, pieces } = this.tokens;
    const words = sequence.map((token) => (token === end ? "⏎" : pieces[token] || "<unk>"));
    let inputs = sequence.map((token) => this.embedded(token));
    const traces = this.layers.map((layer, level) => {
      const steps = [];
      let state = layer.start();
      inputs = inputs.map((x) => {
        steps.push({});
        state = layer.step(x, state, steps.at(-1));
        return state.hidden;
      });
      return { depth: level + 1, backwards: false, steps };
    });
    return { words, traces };
  }

  embedded(token) {
    return this.weights.row("embedding.weight", token).map((value) => value * this.scale);
  }

  /** The places after one token each. */
  step(places, tokens) {
    let inputs = tokens.map((token) => this.embedded(token));
    const after = places.map(() => []);
    this.layers.forEach((layer, level) => {
      const states = layer.steps(
        inputs,
        places.map((place) => place.states[level]),
      );
      states.forEach((state, row) => after[row].push(state));
      inputs = states.map((state) => state.hidden);
    });
    const scores = places.length > 1 ? this.logProbs(inputs) : null;
    return after.map(
      (states, row) => new Place(states, () => (scores ? scores[row] : this.logProbs([inputs[row]])[0])),
    );
  }

  /** Log probabilities of what follows outputs; tokens of a cluster are as probable as the cluster is, times within. */
  logProbs(outputs) {
    const scores = linears(this.weights.get(this.table), this.weights.get("output.bias"), outputs);
    const [first, ...tails] = this.settings.clusters;
    if (!tails.length) return scores.map(logSoftmax);
    const clusters = linears(this.weights.get("output.clusters"), this.weights.get("output.cluster_bias"), outputs);
    return scores.map((row, n) => {
      const head = logSoftmax(Float64Array.from([...row.subarray(0, first), ...clusters[n]]));
      const out = new Float64Array(row.length);
      out.set(head.subarray(0, first));
      let from = first;
      tails.forEach((size, number) => {
        out.set(
          logSoftmax(row.subarray(from, from + size)).map((value) => value + head[first + number]),
          from,
        );
        from += size;
      });
      return out;
    });
  }
}

/** After some tokens: the layers' states, and what may come next, which is computed when it is asked for. */
class Place {
  constructor(states, score) {
    this.states = states;
    this.score = score;
  }

  get logProbs() {
    this.kept ??= this.score();
    return this.kept;
  }

  get probabilities() {
    this.exponentials ??= Float64Array.from(this.logProbs, Math.exp);
    return this.exponentials;
  }
}
