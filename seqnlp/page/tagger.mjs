// A trained tagger: text in, tags and spans with their probabilities out.
import { CharacterReader } from "./contextual.mjs";
import { Crf } from "./crf.mjs";
import { joined, linear } from "./numbers.mjs";
import { Stack } from "./recurrent.mjs";
import { spansFromTags } from "./tags.mjs";
import { Tokenizer } from "./tokenizer.mjs";
import { WordRows } from "./words.mjs";

export class Tagger {
  constructor(settings, weights) {
    this.settings = settings;
    this.weights = weights;
    this.tokenizer = new Tokenizer(settings.pattern);
    this.words = new WordRows(weights, settings.vocabulary, settings.model.fine_tune);
    this.stack = new Stack(weights, "recurrent", settings.model);
    this.readers = settings.readers.map((reader, number) => new CharacterReader(weights, `readers.${number}`, reader));
    this.crf = new Crf(weights.get("transitions"), settings.tags.length);
    this.number = new Map(settings.tags.map((tag, number) => [tag, number]));
  }

  /**
   * The answer for one line: {tokens, tags, spans: [{start, end, label, probability}], probabilities, nbest}.
   * probabilities are those of the tags of a model without entities; nbest are whole answers, if any are asked for.
   */
  tag(text, { nbest = 0, trace = null } = {}) {
    const tokens = this.tokenizer.tokenize(text);
    if (!tokens.length) return { tokens, tags: [], spans: [], probabilities: [], nbest: [] };
    const scores = this.emissions(
      tokens.map((token) => token.text),
      trace,
    );
    const lattice = this.crf.lattice(scores, this.settings.temperature);
    const ids = this.decoded(scores),
      tags = ids.map((id) => this.settings.tags[id]);
    const spans = this.spans(tags, tokens, lattice);
    const plain = this.settings.model.scheme === "none";
    const probabilities = plain ? ids.map((id, t) => this.crf.marginal(lattice, t, id)) : [];
    return { tokens, tags, spans, probabilities, nbest: nbest ? this.ranked(lattice, nbest, tokens) : [] };
  }

  emissions(words, trace) {
    const bias = this.weights.get("project.bias"),
      weight = this.weights.get("project.weight");
    const outputs = this.stack.run(this.inputs(words), trace);
    return outputs.map((output) => linear(weight, bias, output));
  }

  /** The words' vectors, and beside them the hidden states of character models. */
  inputs(words) {
    const rows = words.map((word) => this.words.vector(word));
    if (!this.readers.length) return rows;
    const read = this.readers.map((reader) => reader.vectors(words)),
      { weights } = this;
    const context = words.map((_, t) => joined(read.map((vectors) => vectors[t])));
    if (!weights.has("context.project.weight")) return rows.map((row, t) => joined([row, context[t]]));
    const project = weights.get("context.project.weight"),
      bias = weights.get("context.project.bias");
    return rows.map((row, t) => joined([row, linear(project, bias, context[t])]));
  }

  decoded(scores) {
    const { outside_penalty: penalty, model } = this.settings,
      outside = this.number.get("O");
    const lowered = !penalty
      ? scores
      : scores.map((row) => row.map((score, tag) => (tag === outside ? score - penalty : score)));
    return model.output === "softmax" ? this.crf.greedy(lowered) : this.crf.viterbi(lowered);
  }

  spans(tags, tokens, lattice) {
    const { scheme } = this.settings.model,
      bioes = scheme === "bioes";
    return spansFromTags(tags, scheme).map(({ first, last, label }) => {
      const single = last - first === 1,
        head = bioes && single ? "S" : "B",
        inner = this.number.get(`I-${label}`);
      const tail = single ? head : bioes ? "E" : "I",
        id = (prefix) => this.number.get(`${prefix}-${label}`);
      const parts = [id(head), inner, id(tail)],
        forbidden = bioes ? -1 : inner;
      const probability = lattice && this.crf.spanProbability(lattice, first, last, parts, forbidden);
      return { first, last, start: tokens[first].start, end: tokens[last - 1].end, label, probability };
    });
  }

  ranked(lattice, count, tokens) {
    const scaled = new Crf(lattice.moves, this.crf.numTags);
    return scaled.best(lattice.emissions, count).map(({ score, tags }) => {
      const names = tags.map((tag) => this.settings.tags[tag]);
      const probability = Math.min(1, Math.exp(score - lattice.total));
      return { probability, tags: names, spans: this.spans(names, tokens, null) };
    });
  }
}
