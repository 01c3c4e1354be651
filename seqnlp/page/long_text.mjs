// A text that is too long for a model is cut where it hurts least, as seqnlp.text.split_sentences does.
import { SPACES, stripped } from "./whitespace.mjs";

/** The ends of sentences, clauses and words, best first. */
const BOUNDARIES = [
  `[.!?…]+["'”’»)\\]]*${SPACES}+|[。！？]+[」』）”’]*${SPACES}*`,
  `[,;:]${SPACES}+|[、，；：]${SPACES}*`,
  `${SPACES}+`,
].map((source) => new RegExp(source, "gu"));

/** Parts of at most `most` units each; count: text -> units. */
export function splitText(text, count, most) {
  const letters = Array.from(text);
  if (count(text) <= most || letters.length <= 1) return [text];
  for (const boundary of BOUNDARIES) {
    const parts = packed(segments(text, boundary), count, most);
    if (parts.length > 1) return parts.flatMap((part) => splitText(part, count, most));
  }
  const middle = letters.length >> 1;
  const halves = [letters.slice(0, middle), letters.slice(middle)].map((half) => stripped(half.join("")));
  return halves.filter(Boolean).flatMap((half) => splitText(half, count, most));
}

/** The whole text, cut after each match. */
function segments(text, boundary) {
  const ends = Array.from(text.matchAll(boundary), (match) => match.index + match[0].length);
  const edges = [...new Set([0, ...ends, text.length])].sort((one, other) => one - other);
  return edges.slice(1).map((end, n) => text.slice(edges[n], end));
}

function packed(pieces, count, most) {
  const parts = [];
  let used = most + 1;
  for (const piece of pieces) {
    const units = count(piece);
    if (used + units > most) {
      parts.push("");
      used = 0;
    }
    parts[parts.length - 1] += piece;
    used += units;
  }
  return parts.map(stripped).filter(Boolean);
}
