// A trained anomaly detector: the rows of a series in, scores and events out. It computes in double precision.
import { calendarValues } from "./calendar.mjs";
import { writeMoment } from "./moments.mjs";
import { joined, linear } from "./numbers.mjs";
import { Stack } from "./recurrent.mjs";

const LARGEST = 1e15,
  MAX_STEP = 10,
  ROWS_AT_ONCE = 20;

export class Detector {
  constructor(settings, weights) {
    const shape = { ...settings.model, bidirectional: false };
    this.settings = settings;
    this.weights = weights;
    this.encoder = new Stack(weights, "encoder", shape, Float64Array);
    this.decoder = new Stack(weights, "decoder", shape, Float64Array);
    this.calibration = Float64Array.from(weights.get("calibration")).sort();
  }

  /**
   * {rows: [{place, score, flagged, pValue}], events}; threshold: the score above which a row is flagged. A generator,
   * which pauses while it computes.
   */
  *detect(rows, threshold) {
    const { model, data } = this.settings,
      { window } = model;
    if (rows.length < window) throw new Error(`expected at least ${window} rows, a window, found ${rows.length}`);
    const inputs = rows.map((row) => this.inputsOf(row)),
      baseline = new Baseline(this.settings);
    const merger = new EventMerger(window),
      judged = [];
    for (const [t, row] of rows.entries()) {
      const stamp =
        row.line || row.moment === null ? row.written : writeMoment(row.moment, row.written, data.time_format);
      const last = { place: stamp || String(t + 1), score: null, flagged: false, pValue: null };
      if (t >= window - 1) {
        const from = t - window + 1,
          score = baseline.score(this.error(inputs.slice(from, t + 1), rows.slice(from, t + 1)));
        Object.assign(last, { score, flagged: score > threshold, pValue: this.pValue(score) });
      }
      judged.push(last);
      merger.add(t + 1, last);
      if (t % ROWS_AT_ONCE === 0) yield;
    }
    return { rows: judged, events: merger.events };
  }

  inputsOf({ values, moment }) {
    const { mean, deviation, model } = this.settings;
    return {
      scaled: values.map((value, c) => (value - mean[c]) / deviation[c]),
      calendar: calendarValues(moment, model.calendar),
    };
  }

  /** How rarely a normal row scores as high. */
  pValue(score) {
    let low = 0,
      high = this.calibration.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.calibration[middle] < score) low = middle + 1;
      else high = middle;
    }
    return (1 + this.calibration.length - low) / (this.calibration.length + 1);
  }

  /** Mean squared error of the last rows of a window as it is rebuilt; NaN where nothing was measured. */
  error(inputs, rows) {
    const get = (name) => this.weights.get(name),
      clip = (value) => Math.min(LARGEST, Math.max(-LARGEST, value));
    const values = inputs.map(({ scaled }) => scaled.map(clip));
    const read = this.encoder.final(inputs.map(({ calendar }, t) => Float64Array.from([...values[t], ...calendar])));
    const code = linear(get("to_code.weight"), get("to_code.bias"), read).map(Math.tanh);
    const given = inputs.map(({ calendar }) => joined([code, calendar])).reverse();
    const rebuilt = this.decoder
      .run(given)
      .map((output) => linear(get("to_values.weight"), get("to_values.bias"), output))
      .reverse();
    let sum = 0,
      count = 0;
    for (let t = inputs.length - this.settings.model.scored_rows; t < inputs.length; t++) {
      rows[t].known.forEach((known, c) => {
        if (!known) return;
        sum += (rebuilt[t][c] - values[t][c]) ** 2;
        count++;
      });
    }
    return count ? sum / count : NaN;
  }
}

/** The usual error, which follows slowly; a score is an error as a multiple of it. */
class Baseline {
  constructor({ baseline_error: error, model }) {
    this.least = this.mean = error;
    this.rows = model.level_rows;
    this.recent = new Array(Math.max(model.window, 2 * model.scored_rows) + 1).fill(error);
  }

  score(error) {
    if (Number.isNaN(error)) return 0;
    const rounded = Number(error.toPrecision(8)),
      level = Math.max(this.mean, this.least);
    if (this.rows) this.follow(rounded, level);
    return rounded / level;
  }

  follow(error, level) {
    this.recent = [...this.recent.slice(1), error];
    const ordered = [...this.recent].sort((one, other) => one - other),
      half = ordered.length >> 1;
    const median = ordered.length % 2 ? ordered[half] : (ordered[half - 1] + ordered[half]) / 2;
    const most = MAX_STEP * Math.max(level, median);
    this.mean += (Math.min(error, most) - this.mean) / this.rows;
  }
}

/** Flagged rows that are near each other are one event. */
class EventMerger {
  constructor(gap) {
    this.gap = gap;
    this.events = [];
  }

  add(row, { place, score, flagged }) {
    if (!flagged) return;
    const event = this.events.at(-1);
    if (!event || row - event.last > this.gap + 1) {
      this.events.push({ start: place, end: place, peak: place, score, flagged: 1, first: row, last: row });
      return;
    }
    if (score > event.score) Object.assign(event, { peak: place, score });
    Object.assign(event, { end: place, last: row, flagged: event.flagged + 1 });
  }
}
