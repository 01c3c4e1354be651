// Sums and products over typed arrays.

/** out += weight x for several x at once: a matrix (out.length, x.length), four rows at a time. */
export function addProducts(weight, xs, outs) {
  const width = xs[0].length, count = outs[0].length;
  let row = 0;
  for (; row + 3 < count; row += 4) {
    const first = row * width, second = first + width, third = second + width, fourth = third + width;
    for (let n = 0; n < xs.length; n++) {
      const x = xs[n], out = outs[n];
      let a = 0, b = 0, c = 0, d = 0;
      for (let k = 0; k < width; k++) {
        const value = x[k];
        a += weight[first + k] * value;
        b += weight[second + k] * value;
        c += weight[third + k] * value;
        d += weight[fourth + k] * value;
      }
      out[row] += a;
      out[row + 1] += b;
      out[row + 2] += c;
      out[row + 3] += d;
    }
  }
  for (; row < count; row++) {
    for (let n = 0; n < xs.length; n++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += weight[row * width + k] * xs[n][k];
      outs[n][row] += sum;
    }
  }
}

/** weight x + bias for several x, in the precision of these; without a bias, `size` numbers each. */
export function linears(weight, bias, xs, size = bias.length) {
  const outs = xs.map(({ constructor: Numbers }) => (bias ? Numbers.from(bias) : new Numbers(size)));
  if (xs.length) addProducts(weight, xs, outs);
  return outs;
}

/** weight x + bias; without a bias, `size` numbers. */
export function linear(weight, bias, x, size) {
  return linears(weight, bias, [x], size)[0];
}

export function sigmoid(x) {
  return 1 / (1 + Math.exp(-x));
}

/** Arrays, one after the other, in the precision of the first. */
export function joined(parts) {
  const out = new parts[0].constructor(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Where the largest is; of equals the first. */
export function argmax(values) {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[best]) best = k;
  return best;
}

export function logSumExp(values) {
  let most = -Infinity;
  for (const value of values) if (value > most) most = value;
  if (most === -Infinity) return most;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - most);
  return most + Math.log(sum);
}

export function softmax(values) {
  const total = logSumExp(values);
  return Float64Array.from(values, (value) => Math.exp(value - total));
}

export function logSoftmax(values) {
  const total = logSumExp(values);
  return values.map((value) => value - total);
}

/** (x - mean) / deviation * scale + shift. */
export function layerNorm(x, scale, shift) {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const spread = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length, even = 1 / Math.sqrt(spread + 1e-5);
  return x.map((value, k) => (value - mean) * even * scale[k] + shift[k]);
}
