// What a linear-chain CRF says of one sequence. Scores of tags are (T, K) as T arrays; tag K is the boundary.
import { argmax, logSumExp } from "./numbers.mjs";

export class Crf {
  /** transitions: (N, N) with N = K + 1, [from][to], -Infinity where a move is illegal. */
  constructor(transitions, numTags) {
    this.moves = Float64Array.from(transitions);
    this.numTags = numTags;
  }

  move(from, to) {
    return this.moves[from * (this.numTags + 1) + to];
  }

  /** The best tags; of equals the lower one. */
  viterbi(scores) {
    return this.best(scores, 1)[0].tags;
  }

  /** The most probable whole sequences, best first: [{score, tags}]; fewer where there are fewer. */
  best(scores, count) {
    const K = this.numTags;
    let reached = Array.from({ length: K }, (_, tag) => [
      { score: this.move(K, tag) + scores[0][tag], tag, before: null },
    ]);
    for (let t = 1; t < scores.length; t++) {
      reached = Array.from({ length: K }, (_, tag) => this.extended(reached, tag, scores[t][tag], count));
    }
    return this.extended(reached, K, 0, count).map(({ score, before }) => ({ score, tags: path(before) }));
  }

  /** The best beginnings that end with a tag, of those (K) that reach the step before. */
  extended(reached, tag, emission, count) {
    const found = [];
    reached.forEach((beginnings, from) => {
      const move = this.move(from, tag) + emission;
      for (const before of beginnings) {
        const score = before.score + move;
        if (!(score > -Infinity)) break;
        if (found.length === count && score <= found[count - 1].score) break;
        let place = found.length;
        while (place > 0 && found[place - 1].score < score) place--;
        found.splice(place, 0, { score, tag, before });
        if (found.length > count) found.pop();
      }
    });
    return found;
  }

  /** From left to right the best legal tag from which a legal end can be reached; scores of moves do not count. */
  greedy(scores) {
    const K = this.numTags,
      T = scores.length,
      legal = (from, to) => this.move(from, to) > -Infinity;
    const canEnd = [Array.from({ length: K }, (_, tag) => legal(tag, K))];
    for (let more = 1; more < T; more++) {
      canEnd.push(canEnd[0].map((_, tag) => canEnd[more - 1].some((ends, next) => ends && legal(tag, next))));
    }
    const tags = [];
    for (let t = 0; t < T; t++) {
      const allowed = (tag) => legal(t ? tags[t - 1] : K, tag) && canEnd[T - 1 - t][tag];
      tags.push(argmax(Array.from(scores[t], (score, tag) => (allowed(tag) ? score : -Infinity))));
    }
    return tags;
  }

  /** Forward-backward with all scores divided by a temperature: log weights of beginnings and endings. */
  lattice(scores, temperature) {
    const K = this.numTags,
      T = scores.length,
      terms = new Float64Array(K);
    const moves = this.moves.map((score) => score / temperature),
      N = K + 1;
    const emissions = scores.map((row) => Float64Array.from(row, (score) => score / temperature));
    const left = [],
      right = new Array(T);
    for (let t = 0; t < T; t++) {
      left.push(new Float64Array(K));
      for (let tag = 0; tag < K; tag++) {
        for (let from = 0; t && from < K; from++) terms[from] = left[t - 1][from] + moves[from * N + tag];
        left[t][tag] = emissions[t][tag] + (t ? logSumExp(terms) : moves[K * N + tag]);
      }
    }
    for (let t = T - 1; t >= 0; t--) {
      right[t] = new Float64Array(K);
      for (let tag = 0; tag < K; tag++) {
        const last = t === T - 1;
        for (let to = 0; !last && to < K; to++)
          terms[to] = moves[tag * N + to] + emissions[t + 1][to] + right[t + 1][to];
        right[t][tag] = last ? moves[tag * N + K] : logSumExp(terms);
      }
    }
    for (let tag = 0; tag < K; tag++) terms[tag] = left[T - 1][tag] + right[T - 1][tag];
    return { moves, emissions, left, right, total: logSumExp(terms) };
  }

  /** The probability of a tag at a step. */
  marginal({ left, right, total }, t, tag) {
    return Math.exp(left[t][tag] + right[t][tag] - total);
  }

  /**
   * The probability that the tokens from first to last (exclusive) have these tags: the first, all inner ones and the
   * last one; and that no tag `forbidden` (-1: none) follows.
   */
  spanProbability({ moves, emissions, left, right, total }, first, last, [head, inner, tail], forbidden) {
    const K = this.numTags,
      N = K + 1;
    let sum = left[first][head],
      before = head;
    for (let t = first + 1; t < last; t++) {
      const tag = t === last - 1 ? tail : inner;
      sum += moves[before * N + tag] + emissions[t][tag];
      before = tag;
    }
    const endings = [];
    if (last === left.length) endings.push(moves[before * N + K]);
    for (let tag = 0; last < left.length && tag < K; tag++) {
      if (tag !== forbidden) endings.push(moves[before * N + tag] + emissions[last][tag] + right[last][tag]);
    }
    return Math.min(1, Math.exp(sum + logSumExp(endings) - total));
  }
}

function path(end) {
  const tags = [];
  for (let step = end; step; step = step.before) tags.push(step.tag);
  return tags.reverse();
}
