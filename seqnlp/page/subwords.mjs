// SentencePiece models, BPE and unigram, with bytes for what they have not seen.
import { UNSEEN } from "./tokenizer.mjs";
import { decodeBase64 } from "./weights.mjs";

const SPACE = "\u2581";
const UNKNOWN = 2,
  CONTROL = 3,
  BYTE = 6; // types of pieces; 1: normal, 4: given by the user
const UNKNOWN_PENALTY = 10;

export class Subwords {
  /** model: {kind, pieces, scores, types, charsmap, prefix, squeeze}, as page/sentencepiece.py reads it. */
  constructor(model) {
    const { pieces, types } = model,
      spelt = (id) => types[id] !== UNKNOWN && types[id] !== CONTROL && types[id] !== BYTE;
    this.model = model;
    this.ids = new Map(pieces.map((piece, id) => [piece, id]).filter(([, id]) => spelt(id)));
    this.bytes = new Map();
    types.forEach((type, id) => {
      if (type === BYTE) this.bytes.set(parseInt(pieces[id].slice(3, 5), 16), id);
    });
    this.longest = pieces.reduce((most, piece) => Math.max(most, Array.from(piece).length), 1);
    this.least = model.scores.reduce(
      (least, score, id) => (types[id] === 1 ? Math.min(least, score) : least),
      Infinity,
    );
    this.map = model.charsmap ? new CharacterMap(decodeBase64(model.charsmap)) : null;
    this.encoder = new TextEncoder();
  }

  get size() {
    return this.model.pieces.length;
  }

  /** The ids of a text; none for a text without visible characters. */
  encode(text) {
    const { letters } = this.normalized(text);
    if (!letters.length) return [];
    const symbols = this.model.kind === "bpe" ? this.merged(letters) : this.likeliest(letters);
    return symbols.flatMap((symbol) => this.idsOf(symbol));
  }

  idsOf(symbol) {
    const id = this.ids.get(symbol);
    return id === undefined ? Array.from(this.encoder.encode(symbol), (byte) => this.bytes.get(byte)) : [id];
  }

  piece(id) {
    return this.model.pieces[id];
  }

  isByte(id) {
    return this.model.types[id] === BYTE;
  }

  /** The text of ids; bytes that make no character become U+FFFD. */
  decode(ids) {
    let text = "",
      run = [],
      begun = false;
    const flush = () => {
      if (run.length) begun = true;
      text += decodedBytes(run);
      run = [];
    };
    for (const id of ids) {
      if (this.isByte(id)) {
        run.push(parseInt(this.piece(id).slice(3, 5), 16));
        continue;
      }
      flush();
      let piece = this.model.types[id] === CONTROL ? "" : this.piece(id);
      if (this.model.types[id] === UNKNOWN) piece = " \u2047 ";
      else if (!begun && piece.startsWith(SPACE)) piece = piece.slice(1);
      begun ||= piece !== "";
      text += piece.replaceAll(SPACE, " ");
    }
    flush();
    return text;
  }

  /** The characters that are read, spaces as U+2581, and the place in the text that each is from. */
  normalized(text) {
    const letters = [],
      places = [],
      { prefix, squeeze } = this.model;
    const add = (letter, place) => {
      if (letter === " " && squeeze && (!letters.length || letters.at(-1) === SPACE)) return;
      if (!letters.length && prefix) {
        letters.push(SPACE);
        places.push(place);
      }
      letters.push(letter === " " ? SPACE : letter);
      places.push(place);
    };
    const { shown, kept } = this.map ? withoutUnseen(text) : { shown: text, kept: null };
    for (const { replaced, place } of this.map ? this.map.replaced(shown) : plainParts(shown)) {
      for (const letter of replaced) add(letter, kept ? kept[place] : place);
    }
    while (squeeze && letters.at(-1) === SPACE) {
      letters.pop();
      places.pop();
    }
    return { letters, places };
  }

  /** For each subword of a text the place in it of its last character. */
  placesOfPieces(text) {
    const { letters, places } = this.normalized(text),
      ends = [];
    let size = 0;
    for (const letter of letters) ends.push((size += this.encoder.encode(letter).length));
    let position = 0,
      at = 0;
    return this.encode(text).map((id) => {
      position += this.isByte(id) ? 1 : this.encoder.encode(this.piece(id)).length;
      while (ends[at] < position) at++;
      return places[at];
    });
  }

  /** Byte-pair encoding: of all neighbours those with the best score are merged first, of equals the leftmost. */
  merged(letters) {
    const symbols = [...letters],
      previous = letters.map((_, k) => k - 1),
      heap = new Heap(before);
    const next = letters.map((_, k) => (k + 1 < letters.length ? k + 1 : -1));
    const consider = (left, right) => {
      if (left < 0 || right < 0) return;
      const joined = symbols[left] + symbols[right],
        id = this.ids.get(joined);
      if (id !== undefined) heap.push({ left, right, score: this.model.scores[id], size: joined.length });
    };
    for (let k = 0; k + 1 < letters.length; k++) consider(k, k + 1);
    while (heap.size) {
      const { left, right, size } = heap.pop();
      const stale = !symbols[left] || !symbols[right] || symbols[left].length + symbols[right].length !== size;
      if (stale || next[left] !== right) continue;
      symbols[left] += symbols[right];
      symbols[right] = "";
      next[left] = next[right];
      if (next[right] >= 0) previous[next[right]] = left;
      consider(previous[left], left);
      consider(left, next[left]);
    }
    return symbols.filter(Boolean);
  }

  /** Unigram: the most probable pieces (Viterbi), in single precision as SentencePiece computes. */
  likeliest(letters) {
    const best = [{ score: 0, from: -1 }],
      unknown = Math.fround(this.least - UNKNOWN_PENALTY);
    for (let start = 0; start < letters.length; start++) {
      const here = best[start].score;
      let single = false,
        piece = "";
      const offer = (end, score) => {
        const sum = Math.fround(score + here);
        if (!best[end] || sum > best[end].score) best[end] = { score: sum, from: start };
      };
      for (let end = start + 1; end <= Math.min(letters.length, start + this.longest); end++) {
        piece += letters[end - 1];
        const id = this.ids.get(piece);
        if (id === undefined) continue;
        offer(end, this.model.scores[id]);
        single ||= end === start + 1;
      }
      if (!single) offer(start + 1, unknown);
    }
    const symbols = [];
    for (let end = letters.length; end > 0; end = best[end].from) {
      symbols.push(letters.slice(best[end].from, end).join(""));
    }
    return symbols.reverse();
  }
}

function before(one, other) {
  return one.score > other.score || (one.score === other.score && one.left < other.left);
}

/** The text without characters that nobody sees, and the place in the text that each of the others is from. */
function withoutUnseen(text) {
  if (!UNSEEN.test(text)) return { shown: text, kept: null };
  const kept = [];
  for (let k = 0; k < text.length; k++) if (!UNSEEN.test(text[k])) kept.push(k);
  return { shown: kept.map((place) => text[place]).join(""), kept };
}

function* plainParts(text) {
  let place = 0;
  for (const letter of text) {
    yield { replaced: letter, place };
    place += letter.length;
  }
}

/** What SentencePiece replaces before it reads: a double array trie over UTF-8, and the texts that stand in. */
class CharacterMap {
  constructor(bytes) {
    const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    this.trie = new Uint32Array(bytes.slice(4, 4 + size).buffer);
    this.texts = bytes.subarray(4 + size);
    this.decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  }

  *replaced(text) {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0, place = 0; at < bytes.length;) {
      const match = this.longest(bytes, at);
      let size = match ? match.size : bytes[at] < 0x80 ? 1 : bytes[at] < 0xe0 ? 2 : bytes[at] < 0xf0 ? 3 : 4;
      const read = this.decoder.decode(bytes.subarray(at, at + size));
      yield { replaced: match ? this.text(match.offset) : read, place };
      at += size;
      place += read.length;
    }
  }

  longest(bytes, from) {
    const offset = (unit) => (unit >>> 10) << ((unit & 512) >>> 6);
    let node = offset(this.trie[0]),
      match = null;
    for (let at = from; at < bytes.length; at++) {
      node ^= bytes[at];
      const unit = this.trie[node];
      if ((unit & 0x800000ff) >>> 0 !== bytes[at]) break;
      node ^= offset(unit);
      if ((unit >>> 8) & 1) match = { size: at - from + 1, offset: this.trie[node] & 0x7fffffff };
    }
    return match;
  }

  text(offset) {
    return this.decoder.decode(this.texts.subarray(offset, this.texts.indexOf(0, offset)));
  }
}

/** UTF-8 to text; each byte that is part of no character becomes U+FFFD. */
function decodedBytes(bytes) {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  for (let at = 0; at < bytes.length;) {
    let size = bytes[at] < 0x80 ? 1 : bytes[at] < 0xe0 ? 2 : bytes[at] < 0xf0 ? 3 : 4;
    try {
      text += decoder.decode(Uint8Array.from(bytes.slice(at, at + size)));
    } catch {
      text += "\ufffd";
      size = 1;
    }
    at += size;
  }
  return text;
}

class Heap {
  constructor(isBefore) {
    this.isBefore = isBefore;
    this.items = [];
  }

  get size() {
    return this.items.length;
  }

  push(item) {
    const { items } = this;
    let at = items.push(item) - 1;
    for (let up = (at - 1) >> 1; at > 0 && this.isBefore(items[at], items[up]); at = up, up = (at - 1) >> 1) {
      [items[at], items[up]] = [items[up], items[at]];
    }
  }

  pop() {
    const { items } = this,
      top = items[0],
      last = items.pop();
    if (!items.length) return top;
    items[0] = last;
    for (let at = 0; ;) {
      let down = 2 * at + 1;
      if (down + 1 < items.length && this.isBefore(items[down + 1], items[down])) down++;
      if (down >= items.length || !this.isBefore(items[down], items[at])) return top;
      [items[at], items[down]] = [items[down], items[at]];
      at = down;
    }
  }
}
