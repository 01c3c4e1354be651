// Answers of the lines of a text: each line is asked for once, as long as it is in the text.

export class LineAnswers {
  /** answer: line -> a generator that pauses and returns the answer. */
  constructor(answer) {
    this.answer = answer;
    this.kept = new Map();
  }

  /** Begins with a text's lines; answers of other lines are forgotten. */
  begin(lines) {
    this.kept = new Map(lines.filter((line) => this.kept.has(line)).map((line) => [line, this.kept.get(line)]));
  }

  /** The answer of a line, if it is there. */
  get(line) {
    return this.kept.get(line);
  }

  /** The answer of a line; pauses while it is computed. */
  *of(line) {
    if (!this.kept.has(line)) {
      this.kept.set(line, yield* this.answer(line));
      yield;
    }
    return this.kept.get(line);
  }

  /** Answers all lines; pauses after each. */
  *all(lines) {
    for (const line of lines) yield* this.of(line);
    return true;
  }
}
