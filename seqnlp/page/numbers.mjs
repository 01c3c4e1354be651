// Sums and products over typed arrays.

/** out += weight x for several x at once: a matrix (out.length, x.length), four rows and two x at a time. */
export function addProducts(weight, xs, outs) {
  const whole = outs[0].length - (outs[0].length % 4),
    even = xs.length - (xs.length % 2);
  for (let row = 0; row < whole; row += 4) {
    for (let n = 0; n < even; n += 2) addBlock(weight, row, xs[n], xs[n + 1], outs[n], outs[n + 1]);
    for (let n = even; n < xs.length; n++) addFour(weight, row, xs[n], outs[n]);
  }
  for (let row = whole; row < outs[0].length; row++) {
    xs.forEach((x, n) => (outs[n][row] += dot(weight, row * x.length, x)));
  }
}

/** Four rows times two x: each weight is read once for both. */
function addBlock(weight, row, x, y, out, other) {
  const width = x.length,
    first = row * width,
    second = first + width,
    third = second + width,
    fourth = third + width;
  let a = 0,
    b = 0,
    c = 0,
    d = 0,
    e = 0,
    f = 0,
    g = 0,
    h = 0;
  for (let k = 0; k < width; k++) {
    const u = x[k],
      v = y[k],
      one = weight[first + k],
      two = weight[second + k];
    const three = weight[third + k],
      four = weight[fourth + k];
    a += one * u;
    b += two * u;
    c += three * u;
    d += four * u;
    e += one * v;
    f += two * v;
    g += three * v;
    h += four * v;
  }
  out[row] += a;
  out[row + 1] += b;
  out[row + 2] += c;
  out[row + 3] += d;
  other[row] += e;
  other[row + 1] += f;
  other[row + 2] += g;
  other[row + 3] += h;
}

function addFour(weight, row, x, out) {
  const width = x.length,
    first = row * width,
    second = first + width,
    third = second + width,
    fourth = third + width;
  let a = 0,
    b = 0,
    c = 0,
    d = 0;
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

function dot(weight, from, x) {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += weight[from + k] * x[k];
  return sum;
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
  const spread = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length,
    even = 1 / Math.sqrt(spread + 1e-5);
  return x.map((value, k) => (value - mean) * even * scale[k] + shift[k]);
}
