// The weights of a model: bytes, and where in them each stands.

/** Bytes of base64 text. */
export function decodeBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const letters = atob(text),
    bytes = new Uint8Array(letters.length);
  for (let k = 0; k < bytes.length; k++) bytes[k] = letters.charCodeAt(k);
  return bytes;
}

/** Weights by name. Those in int8 have a scale a row; they are widened when they are first asked for. */
export class Weights {
  /** tensors: {name: {shape, type: "f16" | "f32" | "f64" | "i8", at, scales}}: places in bytes. */
  constructor(tensors, bytes) {
    this.tensors = tensors;
    this.buffer = bytes.buffer;
    this.offset = bytes.byteOffset;
    this.wide = new Map();
  }

  has(name) {
    return Object.hasOwn(this.tensors, name);
  }

  shape(name) {
    return this.tensors[name].shape;
  }

  /** All numbers of a weight, row after row. */
  get(name) {
    if (!this.wide.has(name)) this.wide.set(name, this.widened(name));
    return this.wide.get(name);
  }

  /** One row of a matrix: of a table, only the rows that are read are ever widened. */
  row(name, number) {
    const { shape, type, at, scales } = this.tensors[name],
      width = shape[1];
    if (type !== "i8") return this.get(name).subarray(number * width, (number + 1) * width);
    const codes = new Int8Array(this.buffer, this.offset + at + number * width, width);
    const scale = scales === undefined ? 1 : new Float32Array(this.buffer, this.offset + scales, shape[0])[number];
    return Float32Array.from(codes, (code) => code * scale);
  }

  widened(name) {
    const { shape, type, at, scales } = this.tensors[name];
    const size = shape.reduce((product, length) => product * length, 1);
    if (type === "f32") return new Float32Array(this.buffer, this.offset + at, size);
    if (type === "f64") return new Float64Array(this.buffer, this.offset + at, size);
    if (type === "f16") return Float32Array.from(new Uint16Array(this.buffer, this.offset + at, size), fromHalf);
    const codes = new Int8Array(this.buffer, this.offset + at, size);
    if (scales === undefined) return Float32Array.from(codes);
    const steps = new Float32Array(this.buffer, this.offset + scales, shape[0]);
    const out = new Float32Array(size),
      width = size / shape[0];
    for (let row = 0; row < shape[0]; row++) {
      for (let k = row * width; k < (row + 1) * width; k++) out[k] = codes[k] * steps[row];
    }
    return out;
  }
}

/** The number that 16 bits stand for. */
function fromHalf(bits) {
  const exponent = (bits >> 10) & 31,
    fraction = (bits & 1023) / 1024,
    sign = bits >> 15 ? -1 : 1;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction) : 2 ** -14 * fraction);
}
