// Words cut into the pieces of a fixed list: "playing" is "play" and "##ing", as seqnlp.text.word_pieces has them.
const CONTINUES = "##",
  MOST_PIECES = 32,
  IN_RUN = /[\p{L}\p{N}\p{M}]/u,
  MARKS = /\p{Mn}/gu;

export class WordPieces {
  /** pieces: in the order of their rows, which count from 1. */
  constructor(pieces) {
    this.first = new Map();
    this.later = new Map();
    this.characters = new Set();
    const lengths = new Set();
    pieces.forEach((piece, place) => {
      const continues = piece.startsWith(CONTINUES) && piece !== CONTINUES;
      const text = continues ? piece.slice(CONTINUES.length) : piece,
        table = continues ? this.later : this.first;
      if (!table.has(text)) table.set(text, place + 1);
      const characters = Array.from(text);
      for (const character of characters) this.characters.add(character);
      if (characters.length) lengths.add(characters.length);
    });
    this.lengths = [...lengths].sort((a, b) => b - a);
  }

  /** Rows of the word's pieces, of many those at both ends; none if nothing of it is known. */
  rows(word) {
    const readable = Array.from(word.toLowerCase(), (character) => this.readable(character)).join("");
    const rows = runs(readable).flatMap((run) => this.rowsOfRun(run)),
      half = MOST_PIECES / 2;
    return rows.length <= MOST_PIECES ? rows : [...rows.slice(0, half), ...rows.slice(-half)];
  }

  readable(character) {
    return this.characters.has(character) ? character : character.normalize("NFD").replace(MARKS, "");
  }

  rowsOfRun(run) {
    const rows = [];
    for (let start = 0; start < run.length; ) {
      const tables = start ? [this.later, this.first] : [this.first, this.later];
      const [row, length] = this.longest(run, start, tables);
      if (row) rows.push(row);
      start += length;
    }
    return rows;
  }

  /** Row and length of the longest piece of the first table with one that fits; row 0 and length 1 if none. */
  longest(run, start, tables) {
    for (const table of tables) {
      for (const length of this.lengths) {
        if (start + length > run.length) continue;
        const row = table.get(run.slice(start, start + length).join(""));
        if (row) return [row, length];
      }
    }
    return [0, 1];
  }
}

/** Runs of letters, digits and marks, each an array of characters; every other character by itself. */
function runs(word) {
  const found = [];
  let open = false;
  for (const character of word) {
    const inRun = IN_RUN.test(character);
    if (inRun && open) found.at(-1).push(character);
    else found.push([character]);
    open = inRun;
  }
  return found;
}
