// A trained translator: text in, translations with their attention out.
import { Layer } from "./cells.mjs";
import { splitText } from "./long_text.mjs";
import { joined, layerNorm, linear, linears, logSoftmax, softmax } from "./numbers.mjs";
import { Stack } from "./recurrent.mjs";
import { END, beamSearch } from "./search.mjs";
import { sentenceParts } from "./sentence_ends.mjs";
import { Subwords } from "./subwords.mjs";
import { oneLine, wordPlaces } from "./whitespace.mjs";

export class Translator {
  constructor(settings, weights) {
    this.settings = settings;
    this.source = new Subwords(settings.source_subwords);
    this.target = settings.target_subwords ? new Subwords(settings.target_subwords) : this.source;
    this.network = new Network(settings.model, weights);
  }

  /** What a step of the encoder reads: subwords, and the end. */
  steps(text) {
    return [...this.source.encode(text).map((id) => this.source.piece(id)), "⏎"];
  }

  /** Runs the encoder alone, for what is inside it. */
  encode(text, trace) {
    this.network.encode([...this.source.encode(text), END], trace);
  }

  /**
   * The translations of one line, best first: [{text, score, logProbability, tokens, attention}]. A generator, which
   * pauses while it computes. A line that has too many sentences or words is cut; one of too many words has no attention.
   */
  *translate(text, nbest = 1) {
    const { max_tokens: most, unspaced } = this.settings,
      ids = this.source.encode(text);
    if (!ids.length) return [{ text: "", score: 0, logProbability: 0, tokens: [], attention: [] }];
    const count = (one) => this.source.encode(one).length;
    const texts = sentenceParts(text, this.settings.sentences).flatMap((part) => splitText(part, count, most));
    if (texts.length === 1 && ids.length <= most) return yield* this.search(ids, nbest);
    const parts = [];
    for (const part of texts) {
      const own = this.source.encode(part);
      for (let start = 0; start < own.length; start += most) {
        parts.push(yield* this.search(own.slice(start, start + most), nbest));
      }
    }
    const found = joinedParts(parts, unspaced.target ? "" : " ");
    const sizes = texts.map(count);
    const fits = ids.length <= most && sizes.reduce((sum, size) => sum + size, 0) === ids.length;
    return found.map(({ parts, ...one }) => ({ ...one, ...(fits ? joinedAttention(parts, sizes) : NO_ATTENTION) }));
  }

  *search(ids, nbest) {
    const { decoding } = this.settings,
      memory = this.network.encode([...ids, END]);
    const longest = Math.max(1, Math.trunc(decoding.max_ratio * ids.length + decoding.max_extra));
    const shortest = Math.min(Math.ceil(decoding.min_ratio * ids.length), longest);
    const step = (tokens, states) => this.network.step(tokens, states, memory);
    const options = { longest, shortest, nbest: Math.min(nbest, decoding.beam), decoding };
    const found = yield* beamSearch(step, memory.start, options);
    return found.map((one) => ({ ...one, text: oneLine(this.target.decode(one.tokens)) }));
  }

  /** The words between spaces of a text, and for each of its subwords the number of the word that it is of. */
  sourceWords(text) {
    const words = wordPlaces(text);
    const numbers = this.source.placesOfPieces(text).map((place) => {
      const word = words.findIndex(({ end }) => place < end);
      return word < 0 ? words.length - 1 : word;
    });
    return { words, numbers };
  }

  /**
   * Words of both sides and how much each of the target looks at each of the source: {source: [{start, end}],
   * target: [{text}], weights: [[...]]}. Where a language has no spaces, a subword stands for a word.
   */
  alignment(text, { tokens, attention }) {
    const { words, numbers } = this.sourceWords(text);
    const target = [];
    tokens.forEach((token, t) => {
      const piece = this.target.piece(token),
        begins = piece.startsWith("\u2581") || this.settings.unspaced.target;
      if (!target.length || (begins && !this.target.isByte(token))) target.push({ tokens: [], rows: [] });
      target.at(-1).tokens.push(token);
      target.at(-1).rows.push(attention[t]);
    });
    const weights = target.map(({ rows }) => {
      const row = new Float64Array(words.length);
      for (const one of rows) numbers.forEach((word, s) => (row[word] += one[s] / rows.length));
      return row;
    });
    return {
      source: words,
      target: target.map((word) => ({ text: oneLine(this.target.decode(word.tokens)) })),
      weights,
    };
  }
}

/** The best of all ways to take one translation of each part of a line. */
function joinedParts(parts, space) {
  const most = Math.max(...parts.map((part) => part.length)),
    rounded = (score) => Math.round(score * 1e6);
  let best = [{ parts: [], score: 0, logProbability: 0 }];
  for (const part of parts) {
    const ways = best.flatMap((way) =>
      part.map((one) => ({
        parts: [...way.parts, one],
        score: way.score + one.score,
        logProbability: way.logProbability + one.logProbability,
      })),
    );
    best = ways.sort((one, other) => rounded(other.score) - rounded(one.score)).slice(0, most);
  }
  return best.map((way) => {
    const texts = way.parts.map((part) => part.text);
    return { ...way, text: texts.filter(Boolean).join(space) };
  });
}

const NO_ATTENTION = { tokens: [], attention: [] };

/** Tokens and attention of the parts of a line, of so many subwords each; the ends of all parts are the last column. */
function joinedAttention(parts, sizes) {
  const total = sizes.reduce((sum, size) => sum + size, 0),
    attention = [];
  let before = 0;
  parts.forEach((part, n) => {
    const last = n + 1 === parts.length;
    for (const row of last ? part.attention : part.attention.slice(0, part.tokens.length)) {
      const whole = new Float32Array(total + 1);
      whole.set(row.subarray(0, sizes[n]), before);
      whole[total] = row[sizes[n]];
      attention.push(whole);
    }
    before += sizes[n];
  });
  return { tokens: parts.flatMap((part) => part.tokens), attention };
}

/** The encoder, and one step of the decoder. */
class Network {
  constructor(model, weights) {
    const levels = Array.from({ length: model.decoder_layers }, (_, level) => level);
    const own = model.tie_embeddings === "all" ? "source_embedding.weight" : "own_target_embedding.weight";
    this.model = model;
    this.weights = weights;
    this.table = own;
    this.output = model.tie_embeddings === "none" ? "output_embedding.weight" : own;
    this.scale = Math.fround(Math.sqrt(model.embedding_dim));
    this.encoder = new Stack(weights, "encoder", { ...model, num_layers: model.encoder_layers });
    this.layers = levels.map((level) => new Layer(weights, `decoder.layers.${level}`, model.cell));
  }

  linear(name, x) {
    const bias = this.weights.has(`${name}.bias`) ? this.weights.get(`${name}.bias`) : null;
    return linear(this.weights.get(`${name}.weight`), bias, x, this.weights.shape(`${name}.weight`)[0]);
  }

  embedded(table, id) {
    return this.weights.row(table, id).map((value) => value * this.scale);
  }

  /** {memory, keys, start}: of each position of the source, and the decoder's first state. */
  encode(ids, trace = null) {
    let memory = this.encoder.run(
      ids.map((id) => this.embedded("source_embedding.weight", id)),
      trace,
    );
    if (this.model.layer_norm) memory = memory.map((row) => this.normed("memory_norm", row));
    const keys =
      this.model.attention === "dot" ? memory : memory.map((row) => this.linear("decoder.attention.key", row));
    return { memory, keys, start: this.firstState(memory) };
  }

  normed(name, row) {
    return layerNorm(row, this.weights.get(`${name}.weight`), this.weights.get(`${name}.bias`));
  }

  firstState(memory) {
    const { decoder_hidden_dim: H, bridge, encoder_hidden_dim: ahead } = this.model,
      count = this.layers.length;
    const context = new Float32Array(memory[0].length),
      covered = new Float32Array(memory.length);
    if (bridge === "zero") return { layers: this.layers.map((layer) => layer.start()), context, covered };
    let summary = joined([memory.at(-1).subarray(0, ahead), memory[0].subarray(ahead)]);
    if (bridge === "mean") {
      summary = new Float32Array(memory[0].length);
      for (const row of memory) for (let k = 0; k < row.length; k++) summary[k] += row[k] / memory.length;
    }
    const all = this.linear("decoder.first_state", summary).map(Math.tanh);
    const part = (number) => all.slice(number * H, (number + 1) * H);
    const layers = this.layers.map((layer, level) => {
      return { hidden: part(level), cell: all.length > count * H ? part(count + level) : layer.start().cell };
    });
    return { layers, context, covered };
  }

  /** One step of several hypotheses: [{logProbs, attention, state}]. */
  step(tokens, states, { memory, keys }) {
    const embedded = tokens.map((token) => this.embedded(this.table, token));
    const after = states.map(() => []);
    let looked = [],
      inputs = embedded;
    if (this.model.input_feeding) inputs = embedded.map((row, n) => joined([row, states[n].context]));
    this.layers.forEach((layer, level) => {
      const next = layer.steps(
        inputs,
        states.map((state) => state.layers[level]),
      );
      next.forEach((state, n) => after[n].push(state));
      if (!level) looked = next.map((state, n) => this.attend(state.hidden, states[n].covered, memory, keys));
      inputs = next.map((state, n) => joined([state.hidden, looked[n].context]));
    });
    const features = linears(
      this.weights.get("decoder.combine.weight"),
      this.weights.get("decoder.combine.bias"),
      inputs.map((row, n) => joined([row, embedded[n]])),
    ).map((row) => (this.model.layer_norm ? this.normed("decoder.norm", row) : row).map(Math.tanh));
    const scores = linears(this.weights.get(this.output), this.weights.get("output_bias"), features);
    return scores.map((row, n) => {
      const { context, attention } = looked[n];
      const covered = this.model.coverage ? states[n].covered.map((seen, s) => seen + attention[s]) : states[n].covered;
      return { logProbs: logSoftmax(row), attention, state: { layers: after[n], context, covered } };
    });
  }

  /** {context, attention}: where a hidden state looks, and what it sees there. */
  attend(hidden, covered, memory, keys) {
    const additive = this.model.attention === "additive";
    const query = additive ? this.linear("decoder.attention.query", hidden) : hidden;
    const energy = additive ? this.weights.get("decoder.attention.energy") : null;
    const own = this.model.coverage ? this.weights.get("decoder.attention.coverage") : null;
    const energies = keys.map((key, s) => {
      let sum = 0;
      for (let k = 0; k < key.length; k++) {
        if (additive) sum += energy[k] * Math.tanh(query[k] + key[k] + (own ? covered[s] * own[k] : 0));
        else sum += query[k] * key[k];
      }
      return sum;
    });
    const attention = softmax(energies),
      context = new Float32Array(memory[0].length);
    memory.forEach((row, s) => {
      for (let k = 0; k < row.length; k++) context[k] += attention[s] * row[k];
    });
    return { context, attention };
  }
}
