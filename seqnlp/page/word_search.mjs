// The most probable next words, summed over all ways to spell them, as seqnlp.decode.word_search finds them.
import { topPlaces } from "./search.mjs";
import { stripped } from "./whitespace.mjs";

const BEAM = 24,
  MAX_LENGTH = 40,
  NEGLIGIBLE = 0.1;

export class WordSearch {
  constructor(tokens) {
    const all = tokens.pieces.map((_, token) => token);
    this.tokens = tokens;
    this.continues = all.filter((token) => tokens.continuesWord(token));
    this.inner = this.continues.filter((token) => tokens.pieces[token]);
    this.first = tokens.beginningWith(" ");
  }

  /**
   * The most probable words that begin with what is typed: [{word, probability}].
   *
   * place: after a finished word, or at the beginning of a line; step: (places, tokens) -> places.
   */
  nextWords(place, step, lead, typed, top) {
    const start = lead + typed,
      words = new Map();
    const add = (text, probability) => words.set(text, (words.get(text) ?? 0) + probability);
    let mass = typed ? 0 : 1 - (lead ? this.continued(place) : 0);
    let begun = [{ text: "", probability: 1, place }];
    for (let length = 0; length < MAX_LENGTH; length++) {
      if (typed) for (const one of begun) mass += this.completing(one, start);
      let candidates = begun.flatMap((one) => this.extensions(one, start));
      if (this.tokens.wholeWords) {
        for (const { one, token, gain } of candidates) words.set(one.text + this.tokens.pieces[token], gain);
        break;
      }
      const best = [...words.values()].sort((one, other) => other - one);
      const least = best.length >= top ? NEGLIGIBLE * best[top - 1] : 0;
      candidates = candidates
        .filter(({ gain }) => gain > least)
        .sort((one, other) => other.gain - one.gain)
        .slice(0, BEAM);
      if (!candidates.length) break;
      const places = step(
        candidates.map(({ one }) => one.place),
        candidates.map(({ token }) => token),
      );
      begun = candidates.map(({ one, token, gain }, row) => {
        return { text: one.text + this.tokens.pieces[token], probability: gain, place: places[row] };
      });
      for (const one of begun) {
        const whole = one.text.length >= start.length && stripped(one.text);
        if (whole) add(one.text, one.probability * (1 - this.continued(one.place)));
      }
    }
    const best = [...words.entries()].sort((one, other) => other[1] - one[1]).slice(0, top);
    return best
      .filter(([, probability]) => probability > 0)
      .map(([word, probability]) => ({ word: stripped(word), probability: probability / mass }));
  }

  /** How probable it is that the word goes on. */
  continued(place) {
    return this.continues.reduce((sum, token) => sum + place.probabilities[token], 0);
  }

  /** The most probable tokens that may follow what is written. */
  extensions(one, start) {
    const rest = start.slice(one.text.length);
    let tokens = rest === "" ? this.inner : this.first;
    if (stripped(rest)) tokens = [...this.tokens.within(rest), ...this.tokens.beginningWith(rest)];
    const gains = tokens.map((token) => one.probability * one.place.probabilities[token]);
    return topPlaces(gains, BEAM).map((at) => ({ one, token: tokens[at], gain: gains[at] }));
  }

  /** How probable it is that the next token writes the last of `start`. */
  completing(one, start) {
    const rest = start.slice(one.text.length);
    if (!rest) return 0;
    return one.probability * this.tokens.beginningWith(rest).reduce((sum, t) => sum + one.place.probabilities[t], 0);
  }
}
