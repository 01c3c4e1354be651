// A trained forecaster: the rows of a series in, what comes next out, with intervals that follow the series.
import { calendarValues } from "./calendar.mjs";
import { Layer } from "./cells.mjs";
import { Step, isDate, writeMoment } from "./moments.mjs";
import { linear } from "./numbers.mjs";

const DIGITS = 7,
  MOST_DIGITS = 15,
  FEW_ROWS = 10,
  TIMES = 50,
  DEVIATIONS = 20,
  LARGEST = 1e30; // as seqnlp.data.series.scale clips

export class Forecaster {
  constructor(settings, weights) {
    const { model, columns } = settings,
      levels = Array.from({ length: model.num_layers }, (_, level) => level);
    this.settings = settings;
    this.weights = weights;
    this.layers = levels.map((level) => new Layer(weights, `layers.layers.${level}`, model.cell));
    this.season = model.difference === "season" ? model.season : 0;
    this.fewest = this.season + model.min_context;
    this.columns = columns.length;
    this.intervals = new AdaptiveIntervals(weights.get("intervals"), settings.levels, model);
  }

  /**
   * {times, values, low, high, digits, findings}: of the rows ahead, (J, C) each, how many digits to write, and what is
   * odd about the numbers; level: place among the levels of the intervals.
   */
  forecast(rows, level) {
    const { columns, model } = this.settings;
    if (rows.length < this.fewest)
      throw new Error(`expected at least ${this.fewest} rows to forecast from, found ${rows.length}`);
    const changed = rows.map((row) => row.values.map((value, c) => this.transformed(value, columns[c])));
    const reader = new Reader(this, model),
      read = columns.map(() => []);
    this.intervals.begin();
    let ahead = [];
    for (let t = this.season; t < rows.length; t++) {
      const values = changed[t].map((value, c) => {
        const change = this.season ? value - changed[t - this.season][c] : value;
        const scaled = (change - this.settings.mean[c]) / this.settings.deviation[c];
        return Math.min(Math.max(scaled, -LARGEST), LARGEST);
      });
      values.forEach((value, c) => {
        if (rows[t].known[c] && rows[t - this.season].known[c]) read[c].push(value);
      });
      const forecasts = reader.read(values, calendarValues(rows[t].moment, model.calendar));
      ahead = this.undone(forecasts, changed, t);
      this.intervals.after(changed[t], rows[t].known, t + 1 >= this.fewest ? ahead : null);
    }
    const widths = this.intervals.widths(level); // infinite where dev was too short for the level
    const each = (change) => ahead.map((row, j) => row.map((value, c) => change(value, widths[j][c])));
    const low = each((value, width) => (width === Infinity ? -Infinity : this.restored(value - width)));
    const high = each((value, width) => this.restored(value + width)),
      values = each((value) => this.restored(value));
    const findings = read.flatMap((scaled, c) => otherUnit(columns[c], scaled));
    return { times: this.times(rows), values, low, high, digits: this.digits(values), findings };
  }

  /** Digits that show changes of values (J, C), however far from 0 they are. */
  digits(values) {
    const { deviation, model } = this.settings;
    if (model.transform !== "none") return DIGITS; // then the scale is not that of the values
    const far = deviation.map((unit, c) => {
      const sizes = values.map((row) => (Number.isFinite(row[c]) ? Math.abs(row[c]) : 0));
      return Math.log10(Math.max(unit, ...sizes)) - Math.log10(unit);
    });
    return Math.min(Math.max(DIGITS, DIGITS - 2 + Math.floor(Math.max(...far))), MOST_DIGITS);
  }

  times(rows) {
    const last = rows.at(-1),
      { horizon } = this.settings.model,
      step = this.settings.step && new Step(this.settings.step);
    return Array.from({ length: horizon }, (_, j) => {
      if (!step || last.moment === null) return String(rows.length + j + 1);
      return writeMoment(step.after(last.moment, j + 1), last.written, this.settings.data.time_format);
    });
  }

  transformed(value, name) {
    const { transform } = this.settings.model;
    if (transform === "none") return value;
    const fits = transform === "log" ? value > 0 : value >= 0;
    if (!fits)
      throw new Error(
        `column '${name}': expected values ${transform === "log" ? "above 0" : "of at least 0"}, found ${value}`,
      );
    return transform === "log" ? Math.log(value) : Math.sqrt(value);
  }

  restored(value) {
    const { transform } = this.settings.model;
    if (transform === "log") return Math.exp(value);
    return transform === "sqrt" ? Math.max(value, 0) ** 2 : value;
  }

  /** Forecasts (J, C) on the transformed scale after row t. */
  undone(forecasts, changed, t) {
    const ahead = [],
      { mean, deviation } = this.settings;
    for (let j = 0; j < this.settings.model.horizon; j++) {
      const before = j < this.season ? changed[Math.min(t - this.season + j + 1, t)] : ahead[j - this.season];
      ahead.push(
        mean.map((middle, c) => {
          const change = forecasts[j * this.columns + c] * deviation[c] + middle;
          return this.season ? change + before[c] : change;
        }),
      );
    }
    return ahead;
  }
}

/** Whether the numbers of a column, in deviations from the mean of training, are far from those of training. */
function otherUnit(name, scaled) {
  if (scaled.length < FEW_ROWS) return [];
  const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  const spread = Math.sqrt(scaled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / scaled.length);
  const sorted = Float64Array.from(scaled).sort(),
    middle = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  const two = (number) => (number < 1e6 ? Number(number.toPrecision(2)).toLocaleString("en") : number.toExponential(1));
  let what;
  if ((spread > 0 && spread < 1 / TIMES) || spread > TIMES) what = `varies ${two(spread)} times as much as in training`;
  else if (Math.abs(middle) > DEVIATIONS) {
    what = `lies ${two(Math.abs(middle))} deviations ${middle > 0 ? "above" : "below"} the mean of training`;
  } else return [];
  return [`column '${name}' ${what}; is it in the same unit, and are its decimals read so?`];
}

/** The network: after each row it says the next ones; its state is carried. */
class Reader {
  constructor({ weights, layers, columns }, model) {
    this.weights = weights;
    this.layers = layers;
    this.columns = columns;
    this.model = model;
    this.fitted = model.linear === "fitted";
    this.states = layers.map((layer) => layer.start());
    this.before = null;
    this.lags = [];
  }

  /** (J * C,) scaled forecasts after a row of scaled values (C,) and calendar features. */
  read(values, calendar) {
    const { model, weights } = this,
      changes = values.map((value, c) => (this.before ? value - this.before[c] : 0));
    const own = model.input === "differences" ? changes : values;
    this.before = values;
    let inputs = Float32Array.from([...own, ...calendar]);
    this.layers.forEach((layer, level) => {
      this.states[level] = layer.step(inputs, this.states[level]);
      inputs = this.states[level].hidden;
    });
    const forecasts = linear(weights.get("output.weight"), weights.get("output.bias"), inputs);
    if (this.fitted) return this.besideTheFit(values, calendar, forecasts);
    const lagged = this.lagged(own, () => own.map(() => 0)),
      count = this.columns;
    if (model.lags) {
      const straight = linear(
        weights.get("highway.weight"),
        null,
        Float32Array.from(lagged.reverse().flat()),
        forecasts.length,
      );
      for (let k = 0; k < forecasts.length; k++) forecasts[k] += straight[k];
    }
    return model.reference === "last" ? forecasts.map((value, k) => value + values[k % count]) : forecasts;
  }

  /** The last rows, the newest first. */
  lagged(row, first) {
    const { lags } = this.model;
    if (!this.lags.length) this.lags = Array.from({ length: lags }, first);
    this.lags = [row, ...this.lags].slice(0, lags);
    return [...this.lags];
  }

  besideTheFit(values, calendar, forecasts) {
    const inputs = [...this.lagged(values, () => values).flat(), ...calendar];
    const unit = this.weights.get("linear.unit"),
      share = this.weights.get("linear.share");
    const bias = this.weights.get("linear.bias"),
      weight = this.weights.get("linear.weight"),
      size = bias.length;
    return forecasts.map((value, k) => {
      let sum = value * unit[k % this.columns] * share[k % this.columns] + bias[k];
      for (let n = 0; n < inputs.length; n++) sum += inputs[n] * weight[n * size + k];
      return sum;
    });
  }
}

/** Widths of prediction intervals: those fitted on dev, times a factor that follows how often they held. */
class AdaptiveIntervals {
  constructor(widths, levels, { horizon, follow }) {
    this.fixed = widths; // (L, J, C)
    this.levels = levels;
    this.horizon = horizon;
    this.rate = follow;
    this.columns = widths.length / levels.length / horizon;
  }

  begin() {
    this.logarithms = this.levels.map(() => new Array(this.columns).fill(0));
    this.waiting = [];
  }

  width(level, j, c) {
    return this.fixed[(level * this.horizon + j) * this.columns + c] * Math.exp(this.logarithms[level][c]);
  }

  widths(level) {
    return Array.from({ length: this.horizon }, (_, j) =>
      Array.from({ length: this.columns }, (_, c) => this.width(level, j, c)),
    );
  }

  /** After a row (C,), with what is forecast (J, C) after it, if that counts. */
  after(actual, known, forecast) {
    if (!this.rate) return;
    if (this.waiting.length && known.some(Boolean)) {
      const count = this.waiting.length;
      this.logarithms = this.levels.map((level, l) => {
        return actual.map((value, c) => {
          let sum = 0;
          for (let j = 0; j < count; j++) {
            const missed = Math.abs(this.waiting[j][j][c] - value) > this.width(l, j, c);
            sum += (missed ? 1 : 0) - (1 - level);
          }
          return this.logarithms[l][c] + (known[c] ? (this.rate * sum) / count : 0);
        });
      });
    }
    this.waiting = forecast ? [forecast, ...this.waiting].slice(0, this.horizon) : [];
  }
}
