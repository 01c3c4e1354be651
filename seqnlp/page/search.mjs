// Beam search over one source, as seqnlp.decode has it.
export const BEGIN = 2,
  END = 3,
  SPECIALS = 4;
const LEAST_COVERED = 1e-6;

/**
 * The best outputs, best first: [{tokens, score, logProbability, attention}]. A generator, which pauses after each step.
 *
 * step: (tokens, states) -> [{logProbs, attention, state}] of the hypotheses; options: {longest, shortest, nbest,
 * decoding}: most and fewest tokens, how many outputs, and the settings of the model's search.
 */
export function* beamSearch(step, state, { longest, shortest, nbest, decoding }) {
  const longestPenalty = lengthPenalty(decoding, longest + 1),
    endings = [];
  let live = [{ tokens: [], total: 0, state, attention: [], covered: null }],
    slots = decoding.beam;
  while (live.length && slots) {
    const results = step(
      live.map((one) => one.tokens.at(-1) ?? BEGIN),
      live.map((one) => one.state),
    );
    const looked = live.map((one, row) => [...one.attention, results[row].attention]);
    const covered = live.map((one, row) => summed(one.covered, results[row].attention));
    live.forEach((one, row) => constrain(results[row].logProbs, one.tokens, { longest, shortest, decoding }));
    const next = [];
    for (const { row, token, total } of bestCandidates(live, results, slots)) {
      const { tokens } = live[row];
      if (token === END) {
        const score = total / lengthPenalty(decoding, tokens.length + 1) + coveragePenalty(decoding, covered[row]);
        endings.push({ tokens, score, logProbability: total, attention: looked[row] });
        slots--;
      } else {
        const going = { attention: looked[row], covered: covered[row], state: results[row].state };
        next.push({ tokens: [...tokens, token], total, ...going });
      }
    }
    endings.sort((one, other) => other.score - one.score); // stable: of equals the one that was finished first
    const toBeat = endings.length >= nbest ? endings[nbest - 1].score : -Infinity;
    live = next.some((one) => one.total / longestPenalty > toBeat) ? next : [];
    yield;
  }
  return endings.slice(0, nbest);
}

/** Sets what must not follow to minus infinity. */
function constrain(logProbs, tokens, { longest, shortest, decoding }) {
  const end = logProbs[END];
  if (tokens.length >= longest) {
    logProbs.fill(-Infinity);
    logProbs[END] = end;
    return;
  }
  logProbs.fill(-Infinity, 0, END);
  for (const token of repeated(tokens, decoding.no_repeat_ngram)) logProbs[token] = -Infinity;
  if (tokens.length < shortest && logProbs.subarray(SPECIALS).some((value) => value > -Infinity)) {
    logProbs[END] = -Infinity;
  }
}

/** The tokens that would make an n-gram occur twice. */
function repeated(tokens, size) {
  if (!size || tokens.length < size) return [];
  const tail = tokens.slice(tokens.length - size + 1),
    found = [];
  for (let end = size - 1; end < tokens.length; end++) {
    if (tail.every((token, k) => token === tokens[end - size + 1 + k])) found.push(tokens[end]);
  }
  return found;
}

/** The best continuations; of equals the lower hypothesis, then the lower token. */
function bestCandidates(live, results, count) {
  const candidates = [];
  live.forEach((one, row) => {
    for (const token of topPlaces(results[row].logProbs, count)) {
      candidates.push({ row, token, total: one.total + results[row].logProbs[token] });
    }
  });
  candidates.sort((one, other) => other.total - one.total || one.row - other.row || one.token - other.token);
  return candidates.slice(0, count);
}

/** Where the `count` largest values above minus infinity are, the largest first; of equals the first. */
export function topPlaces(values, count) {
  const best = [];
  let least = -Infinity;
  for (let k = 0; k < values.length; k++) {
    if (!(values[k] > least)) continue;
    let place = best.length;
    while (place > 0 && values[best[place - 1]] < values[k]) place--;
    best.splice(place, 0, k);
    if (best.length > count) best.pop();
    if (best.length === count) least = values[best[count - 1]];
  }
  return best;
}

function summed(before, added) {
  return before ? before.map((value, k) => value + added[k]) : Float32Array.from(added);
}

function lengthPenalty({ length_penalty: kind, alpha }, length) {
  if (kind === "average") return length ** alpha;
  return kind === "gnmt" ? ((5 + length) / 6) ** alpha : 1;
}

function coveragePenalty({ coverage_penalty: beta }, covered) {
  if (!beta) return 0;
  return beta * covered.reduce((total, value) => total + Math.log(Math.min(1, Math.max(LEAST_COVERED, value))), 0);
}
