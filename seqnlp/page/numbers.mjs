// Sums and products over typed arrays.

/** out += weight x: a matrix (out.length, x.length), row by row, four rows at a time. */
export function addProduct(weight, x, out) {
  const width = x.length, count = out.length;
  let row = 0;
  for (; row + 3 < count; row += 4) {
    const first = row * width, second = first + width, third = second + width, fourth = third + width;
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
  for (; row < count; row++) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += weight[row * width + k] * x[k];
    out[row] += sum;
  }
}

/** weight x + bias; without a bias, `size` numbers. */
export function linear(weight, bias, x, size = bias.length) {
  const out = new Float32Array(size);
  if (bias) out.set(bias);
  addProduct(weight, x, out);
  return out;
}

export function sigmoid(x) {
  return 1 / (1 + Math.exp(-x));
}

/** Arrays, one after the other. */
export function joined(parts) {
  const out = new Float32Array(parts.reduce((size, part) => size + part.length, 0));
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
