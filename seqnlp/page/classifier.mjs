// A trained classifier: text in, probabilities of labels out.
import { joined, linear, softmax } from "./numbers.mjs";
import { Stack } from "./recurrent.mjs";
import { Subwords } from "./subwords.mjs";
import { Tokenizer } from "./tokenizer.mjs";
import { WordRows } from "./words.mjs";

export class Classifier {
  constructor(settings, weights) {
    const { model } = settings;
    this.settings = settings;
    this.weights = weights;
    this.subwords = settings.subwords ? new Subwords(settings.subwords) : null;
    this.tokenizer = settings.pattern ? new Tokenizer(settings.pattern) : null;
    this.words = new WordRows(weights, settings.vocabulary, model.fine_tune);
    this.encoder = new Encoder(weights, "encoder", model);
    this.overWindows = model.long === "hierarchical" ? new Encoder(weights, "over_windows", model) : null;
    this.ngrams = new Map(settings.ngrams.map((ngram, number) => [ngram, number]));
  }

  /** What is read: words or subwords, with their places where they have any. */
  read(text) {
    if (this.tokenizer) return this.tokenizer.tokenize(text);
    return this.subwords.encode(text).map((id) => ({ text: this.subwords.piece(id) }));
  }

  /** {tokens, probabilities (K,), chosen: numbers of labels, best first, looked: a share for each token or null}. */
  classify(text, trace = null) {
    const tokens = this.read(text),
      words = tokens.map((token) => token.text),
      { decision, multi_label } = this.settings;
    const { scores, looked } = this.networkScores(words, trace);
    const ngrams = this.settings.model.ngrams ? this.ngramScores(words) : null;
    const sums = Array.from(scores, (score, label) => {
      return score / decision.temperature + (ngrams ? decision.ngram_weight * ngrams[label] : 0);
    });
    const probabilities = multi_label ? sums.map((sum) => 1 / (1 + Math.exp(-sum))) : Array.from(softmax(sums));
    const order = sums.map((_, label) => label).sort((one, other) => sums[other] - sums[one] || one - other);
    return {
      tokens,
      probabilities,
      order,
      chosen: order.filter((label, n) => (multi_label ? sums[label] > 0 : !n)),
      looked,
    };
  }

  networkScores(words, trace) {
    const rows = words.map((word) => this.words.vector(word));
    const windows = this.windows(rows.length),
      looked = new Float64Array(rows.length);
    const sizes = windows.map(([start, end]) => Math.max(1, end - start)),
      total = sizes.reduce((sum, size) => sum + size);
    const vectors = windows.map(([start, end], number) => {
      const { vector, shares } = this.encoder.encode(rows.slice(start, end), number ? null : trace);
      if (shares) shares.forEach((share, t) => (looked[start + t] += (share * sizes[number]) / total));
      return vector;
    });
    let document = vectors[0];
    if (this.overWindows) document = this.overWindows.encode(vectors).vector;
    else if (vectors.length > 1) document = weightedMean(vectors, sizes);
    const scores = linear(this.weights.get("project.weight"), this.weights.get("project.bias"), document);
    return { scores, looked: this.encoder.hasShares ? looked : null };
  }

  /** Where windows begin and end in a text of so many words; there is at least one. */
  windows(length) {
    const { window, overlap, long } = this.settings.model,
      step = window - overlap;
    const count = long === "truncated" ? 1 : 1 + Math.ceil(Math.max(0, length - window) / step);
    return Array.from({ length: count }, (_, n) => [n * step, Math.min(length, n * step + window)]);
  }

  /** Scores of the n-grams that the text has; how often it has one does not matter. */
  ngramScores(words) {
    const { ngrams: order, lowercase } = this.settings.model,
      present = new Set();
    const forms = words.map((word) => this.words.form(word)).map((form) => (lowercase ? form.toLowerCase() : form));
    for (let size = 1; size <= order; size++) {
      for (let start = 0; start + size <= forms.length; start++) {
        const number = this.ngrams.get(forms.slice(start, start + size).join(" "));
        if (number !== undefined) present.add(number);
      }
    }
    const bias = this.weights.get("ngrams.bias"),
      scale = Math.max(1, present.size) ** -0.5;
    const sums = Float64Array.from(bias);
    for (const number of present) {
      this.weights.row("ngrams.weights", number).forEach((weight, label) => (sums[label] += weight * scale));
    }
    return sums;
  }
}

/** Steps to one vector: a convolution, if there is one, recurrent layers, pooling. */
class Encoder {
  constructor(weights, name, model) {
    this.weights = weights;
    this.name = name;
    this.pooling = model.pooling;
    this.pool = model.convolution_pool;
    this.stack = new Stack(weights, `${name}.recurrent`, model);
    this.convolution = weights.has(`${name}.convolution.convolve.weight`) ? `${name}.convolution.convolve` : null;
    this.hasShares = !this.convolution && (this.pooling === "attention" || this.pooling === "max");
    this.size = model.hidden_dim * (model.bidirectional ? 2 : 1);
  }

  /** {vector, shares}: what part of the vector is from each step, where that is known. */
  encode(rows, trace = null) {
    if (!rows.length) return { vector: new Float32Array(this.size), shares: [] };
    const inputs = this.convolution ? this.shortened(rows) : rows;
    if (this.pooling === "last") {
      const { outputs, last } = this.stack.read(inputs, trace);
      return { vector: joined(last), shares: null, outputs };
    }
    const outputs = this.stack.run(inputs, trace);
    if (this.pooling === "max") return maxima(outputs);
    if (this.pooling === "mean")
      return {
        vector: weightedMean(
          outputs,
          outputs.map(() => 1),
        ),
        shares: null,
      };
    const key = this.weights.get(`${this.name}.pooling.key.weight`),
      bias = this.weights.get(`${this.name}.pooling.key.bias`);
    const energy = this.weights.get(`${this.name}.pooling.energy`);
    const shares = softmax(
      outputs.map((output) => linear(key, bias, output).reduce((sum, x, k) => sum + energy[k] * Math.tanh(x), 0)),
    );
    return { vector: weightedMean(outputs, shares), shares };
  }

  /** ReLU of a convolution over neighbours, and the largest of each few. */
  shortened(rows) {
    const weight = this.weights.get(`${this.convolution}.weight`),
      bias = this.weights.get(`${this.convolution}.bias`);
    const [filters, depth, width] = this.weights.shape(`${this.convolution}.weight`),
      half = width >> 1;
    const features = rows.map((_, t) => {
      const out = Float32Array.from(bias);
      for (let k = 0; k < width; k++) {
        const row = rows[t + k - half];
        for (let f = 0; row && f < filters; f++) {
          let sum = 0;
          for (let d = 0; d < depth; d++) sum += weight[(f * depth + d) * width + k] * row[d];
          out[f] += sum;
        }
      }
      return out.map((value) => Math.max(0, value));
    });
    const pooled = [];
    for (let t = 0; t < features.length; t += this.pool) pooled.push(maxima(features.slice(t, t + this.pool)).vector);
    return pooled;
  }
}

/** The largest of each number, and the share of them that each row has. */
function maxima(rows) {
  const vector = Float32Array.from(rows[0]),
    from = new Int32Array(vector.length),
    shares = new Float64Array(rows.length);
  rows.forEach((row, t) => {
    row.forEach((value, k) => {
      if (value > vector[k]) {
        vector[k] = value;
        from[k] = t;
      }
    });
  });
  for (const t of from) shares[t] += 1 / from.length;
  return { vector, shares };
}

function weightedMean(rows, weights) {
  const out = new Float64Array(rows[0].length),
    total = weights.reduce((sum, weight) => sum + weight, 0);
  rows.forEach((row, t) => {
    for (let k = 0; k < out.length; k++) out[k] += (weights[t] / total) * row[k];
  });
  return Float32Array.from(out);
}
