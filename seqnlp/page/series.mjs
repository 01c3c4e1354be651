// A CSV text to rows at a regular step, as seqnlp.data.series reads files; whatever is mended is counted.
import { Stamps, Step, instant, isDate } from "./moments.mjs";

const MAX_GAP = 100000,
  A_FEW = 10,
  OFF = 0.01,
  ALIKE = 1.5;
const FLOAT = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;
const LEFT_OUT = "rows left out whose time stamp goes back or stays",
  FILLED = "missing rows filled in";

/**
 * {rows: [{line, written, moment, values, known}], findings: [text]}; an Error says what is wrong with the text.
 *
 * settings: {columns, step, data}: what the model reads, and how.
 */
export function readSeries(text, { columns, step: saved, data }) {
  const step = saved ? new Step(saved) : null,
    rows = parsedRows(text, columns, data);
  refuseNewestFirst(rows);
  refuseOtherStep(rows, step);
  const repair = new Repair(columns, step, data),
    even = rows.flatMap((row) => repair.add(row));
  if (!even.length) throw new Error("found no row in which every column has a value or had one before");
  const left = repair.counts.get(LEFT_OUT)?.count ?? 0,
    filled = repair.counts.get(FILLED)?.count ?? 0;
  if (left + filled > Math.max(A_FEW, data.max_repaired * (rows.length + filled))) {
    throw new Error(
      `${left} of ${rows.length} rows would be left out and ${filled} filled in: see whether the time stamps are right`,
    );
  }
  const findings = [...repair.counts].map(([kind, { count, line }]) => {
    const noun = count === 1 ? kind.replace(/\b(row|value|gap|stamp)s\b/, "$1") : kind;
    return `${count.toLocaleString("en")} ${noun} (first on line ${line})`;
  });
  return { rows: even, findings };
}

/** The fields of each row that is not blank, with the line on which it begins. */
export function csvRows(text, delimiter) {
  const rows = [];
  let fields = [],
    field = "",
    quoted = false,
    closed = false,
    line = 1,
    begin = 1;
  const endField = () => {
    fields.push(field);
    field = "";
    closed = false;
  };
  const endRow = () => {
    endField();
    if (fields.length > 1 || fields[0]) rows.push({ line: begin, fields });
    fields = [];
    begin = line;
  };
  for (const letter of text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n")) {
    if (letter === "\n") line++;
    if (quoted && letter === '"') {
      quoted = false;
      closed = true;
    } else if (quoted) field += letter;
    else if (letter === '"' && closed) {
      field += letter;
      quoted = true;
      closed = false;
    } else if (letter === '"' && /^ *$/.test(field)) {
      field = ""; // spaces before a quote are no part of the field
      quoted = true;
    } else if (letter === delimiter) endField();
    else if (letter === "\n") endRow();
    else if (closed) throw new Error(`line ${line}: a quote opens or closes where it must not`);
    else field += letter;
  }
  if (quoted) throw new Error(`line ${begin}: a quote is not closed`);
  if (field || fields.length) endRow();
  return rows;
}

function parsedRows(text, columns, data) {
  const [first, ...rest] = csvRows(text, data.delimiter);
  if (!first) throw new Error("expected CSV with a row that names its columns, found no row");
  const named = !first.fields.every(isNumber),
    names = first.fields.map((name, place) => (named ? name.trim() : String(place)));
  const place = (name) => {
    if (!names.includes(name)) {
      const found = names.map((one) => `'${one}'`).join(", ");
      throw new Error(`expected the column '${name}', found ${found}${otherDelimiter(names, data.delimiter)}`);
    }
    if (names.indexOf(name) !== names.lastIndexOf(name))
      throw new Error(`the column '${name}' is there more than once`);
    return names.indexOf(name);
  };
  const times = timeColumns(data.time_column, names).map(place),
    places = columns.map(place);
  const stamps = new Stamps(data.time_format),
    missing = new Set(data.missing_texts);
  return (named ? rest : [first, ...rest]).map(({ line, fields }) => {
    if (fields.length !== names.length) {
      throw new Error(`line ${line}: expected ${names.length} fields as in the first row, found ${fields.length}`);
    }
    const written = times.map((at) => fields[at].trim()).join(" ");
    try {
      const moment = times.length ? stamps.read(written) : null;
      const values = places.map((at, n) => numberOf(fields[at], columns[n], data.decimal, missing));
      return { line, written, moment, values };
    } catch (problem) {
      throw new Error(`line ${line}: ${problem.message}`);
    }
  });
}

/** The columns that a setting stands for: "Date + Time" are two, unless one of the names is that. */
export function timeColumns(setting, names = []) {
  const parts = names.includes(setting) ? [setting] : setting.split(" + ");
  return parts.map((name) => name.trim()).filter(Boolean);
}

/** A hint where the first row seems to be cut at another character, as what is copied from a spreadsheet is at tabs. */
function otherDelimiter(names, delimiter) {
  const marks = names.length === 1 ? /[;\t|,]/ : /[;\t|]/; // a name among others may have a comma
  if (!names.some((name) => marks.test(name))) return "";
  const named = { "\t": "a tab", ",": "a comma" }[delimiter] ?? `'${delimiter}'`;
  return `; the model reads fields with ${named} between them`;
}

function isNumber(text) {
  return FLOAT.test(text.trim());
}

function numberOf(text, name, decimal, missing) {
  let number = text.trim();
  if (missing.has(number.toLowerCase())) return NaN;
  if (decimal === ",") number = number.includes(".") ? "" : number.replace(",", ".");
  if (!FLOAT.test(number)) throw new Error(`column '${name}': expected a number, found '${text.slice(0, 30)}'`);
  if (/inf/i.test(number)) return number.startsWith("-") ? -Infinity : Infinity;
  return Number(number); // "nan" with a sign gives NaN
}

function refuseNewestFirst(rows) {
  const moments = rows.filter((row) => row.moment !== null).map((row) => instant(row.moment));
  let back = 0,
    on = 0;
  for (let n = 1; n < moments.length; n++) {
    back += moments[n - 1] > moments[n];
    on += moments[n] > moments[n - 1];
  }
  if (back > on) throw new Error("the rows stand newest first; turn them round, so that the oldest row comes first");
}

function refuseOtherStep(rows, step) {
  const dates = rows.filter((row) => row.moment !== null);
  if (!step || dates.length < 3) return;
  const apart = [];
  for (let n = 1; n < dates.length; n++) {
    const distance = (instant(dates[n].moment) - instant(dates[n - 1].moment)) / (isDate(dates[n].moment) ? 1000 : 1);
    if (distance > 0) apart.push(distance);
  }
  if (!apart.length) return;
  const usual = apart.sort((one, other) => one - other)[(apart.length - 1) >> 1],
    ratio = usual / step.length;
  if (ratio > 1 / ALIKE && ratio < ALIKE) return;
  throw new Error(
    `expected rows with a step of ${step.length} as in the training data (of dates in seconds), found ${usual}`,
  );
}

/** Gaps filled, missing values stood in for by the last known ones, rows that go back left out. */
class Repair {
  constructor(columns, step, data) {
    this.columns = columns;
    this.step = step;
    this.data = data;
    this.marks = new Set(data.missing_numbers);
    this.counts = new Map();
    this.last = null;
    this.values = columns.map(() => NaN);
  }

  add(row) {
    const { last, data } = this;
    if (this.step?.ofCalendar && row.moment !== null && !isDate(row.moment)) {
      throw new Error(`line ${row.line}: expected dates as time stamps, as in the training data, found ${row.written}`);
    }
    if (last && row.moment !== null && instant(row.moment) <= instant(last.moment)) {
      this.refuse(data.non_monotonic, `the time stamp ${row.written} is not after ${last.written}`, row);
      this.note(LEFT_OUT, row.line);
      return [];
    }
    const before = last ? this.fill(last, row) : [];
    this.last = row;
    return [...before, ...this.even(row)];
  }

  fill(last, row) {
    if (!this.step || row.moment === null) return [];
    const steps = this.step.count(last.moment, row.moment),
      lacking = Math.max(halfEven(steps), 1) - 1;
    if (Math.abs(steps - lacking - 1) > OFF) this.note("time stamps at irregular distances, taken as even", row.line);
    if (!lacking) return [];
    const problem = `${lacking} rows are missing between ${last.written} and ${row.written}`;
    this.refuse(this.data.gaps, problem, row);
    if (this.data.gaps === "ignore") {
      this.note("gaps ignored", row.line);
      return [];
    }
    if (lacking > MAX_GAP) throw new Error(`line ${row.line}: ${problem}; mend the time stamp`);
    this.note(FILLED, row.line, lacking);
    return Array.from({ length: lacking }, (_, n) => {
      const moment = this.step.after(last.moment, n + 1);
      return this.even({ line: 0, moment, written: last.written, values: this.columns.map(() => NaN) });
    }).flat();
  }

  even(row) {
    const known = row.values.map((value) => Number.isFinite(value) && !this.marks.has(value));
    known.forEach((good, n) => {
      if (good || !row.line) return;
      const kind = Math.abs(row.values[n]) === Infinity ? "infinite" : "missing";
      this.refuse(this.data.missing, `column '${this.columns[n]}': the value is ${kind}`, row);
      this.note(`${kind} values of '${this.columns[n]}', replaced by the last known one`, row.line);
    });
    this.values = row.values.map((value, n) => (known[n] ? value : this.values[n]));
    if (this.values.every(Number.isFinite)) return [{ ...row, values: this.values, known }];
    this.note("rows left out before every column has its first value", row.line);
    return [];
  }

  refuse(choice, problem, row) {
    if (choice === "error") throw new Error(`line ${row.line}: ${problem}`);
  }

  note(kind, line, count = 1) {
    const before = this.counts.get(kind) ?? { count: 0, line };
    this.counts.set(kind, { count: before.count + count, line: before.line });
  }
}

function halfEven(number) {
  const whole = Math.round(number);
  return Math.abs(number % 1) === 0.5 && whole % 2 ? whole - 1 : whole;
}
