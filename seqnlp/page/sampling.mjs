// One token drawn from a distribution, as seqnlp.decode.sampling draws.

/** What is drawn from: probabilities after temperature, top-k and top-p; of equals the lower tokens are kept. */
export function sampled(logProbs, ruledOut, { temperature = 1, topK = 0, topP = 1 }) {
  const out = new Set(ruledOut),
    scaled = Array.from(logProbs, (x, token) => (out.has(token) ? -Infinity : x / temperature));
  const most = scaled.reduce((one, other) => Math.max(one, other), -Infinity);
  const weights = scaled.map((value) => Math.exp(value - most)),
    total = (all) => all.reduce((sum, x) => sum + x, 0);
  const order = weights.map((_, token) => token).sort((one, other) => weights[other] - weights[one] || one - other);
  if (topK) for (const token of order.slice(topK)) weights[token] = 0;
  if (topP < 1) {
    const enough = topP * total(weights);
    let before = 0;
    for (const token of order) {
      const weight = weights[token];
      if (before >= enough) weights[token] = 0;
      before += weight;
    }
  }
  const sum = total(weights);
  return weights.map((weight) => weight / sum);
}

/** A token; chance: a number from 0 to 1. */
export function drawn(probabilities, chance) {
  let left = chance,
    last = 0;
  for (let token = 0; token < probabilities.length; token++) {
    if (!probabilities[token]) continue;
    last = token;
    left -= probabilities[token];
    if (left < 0) break;
  }
  return last;
}
