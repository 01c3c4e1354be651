// Time stamps: how they are read and written, and how far apart rows are. A moment is a plain number, or
// {wall, offset, ms}: what clocks show there as milliseconds, minutes east of Greenwich or null, and the instant.

export const DAY = 86400000;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const LONG_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october"];
LONG_MONTHS.push("november", "december");
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const TIME = "(\\d\\d)(?::(\\d\\d)(?::(\\d\\d)(?:[.,](\\d{1,6}))?)?)?",
  ZONE = "(Z|[+-]\\d\\d:?\\d\\d)?";
const ISO = [
  new RegExp(`^(\\d{4})-(\\d\\d)-(\\d\\d)(?:\\D${TIME}${ZONE})?$`),
  new RegExp(`^(\\d{4})(\\d\\d)(\\d\\d)(?:\\D${TIME}${ZONE})?$`),
];
/** Numbers of a time stamp; minutes and seconds with the colon before them, as they always have their zeros. */
const NUMBERS = /:?\d+/g;
const EPOCHS = { unix: 1000, unix_ms: 1 };
/** What each directive of a time format matches. */
const DIRECTIVES = {
  Y: "(?<Y>\\d{4})",
  y: "(?<y>\\d\\d)",
  m: "(?<m>1[0-2]|0?[1-9])",
  d: "(?<d>3[01]|[12]\\d|0?[1-9]| [1-9])",
  H: "(?<H>2[0-3]|[01]?\\d)",
  I: "(?<I>1[0-2]|0?[1-9])",
  M: "(?<M>[0-5]?\\d)",
  S: "(?<S>[0-5]?\\d)",
  f: "(?<f>\\d{1,6})",
  p: "(?<p>am|pm)",
  b: `(?<b>${MONTHS.join("|")})`,
  B: `(?<B>${LONG_MONTHS.join("|")})`,
  "%": "%",
};

export function isDate(moment) {
  return typeof moment === "object";
}

/** Where a moment stands in time, for comparisons. */
export function instant(moment) {
  return isDate(moment) ? moment.ms : moment;
}

/** Reads the time stamps of one series, which are all of the kind that the first one is. */
export class Stamps {
  constructor(format) {
    this.format = format;
    this.kind = "";
  }

  read(text) {
    const moment = this.kind === "a number" && NUMBER.test(text) ? Number(text) : readMoment(text, this.format);
    if (moment === null) throw new Error(`expected a time stamp, found '${text.slice(0, 30)}'`);
    const kind = !isDate(moment)
      ? "a number"
      : moment.offset === null
        ? "a date without a time zone"
        : "a date with a time zone";
    this.kind ||= kind;
    if (kind !== this.kind) throw new Error(`expected ${this.kind} as in the rows before, found ${kind} ('${text}')`);
    return moment;
  }
}

/** The moment of a text, or null. */
export function readMoment(text, format) {
  if (format === "number") return NUMBER.test(text) ? Number(text) : null;
  if (EPOCHS[format]) return NUMBER.test(text) ? dated(Number(text) * EPOCHS[format], 0) : null;
  if (format) return readFormat(text, format);
  const quarter = quarterOf(text);
  if (quarter) return fromParts(quarter.year, 3 * quarter.number - 2, 1);
  const month = /^(\d{4})-(\d\d)$/.exec(text) ?? /^((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?$/.exec(text);
  if (month) return fromParts(month[1], month[2], month[3] ?? 1);
  if (NUMBER.test(text)) return Number(text);
  const iso = ISO[0].exec(text) ?? ISO[1].exec(text);
  return iso ? fromParts(...iso.slice(1, 4), iso[4], iso[5], iso[6], iso[7], offsetOf(iso[8])) : null;
}

/** Year and number of a quarter such as 2024-Q1 or Q1 2024, or nothing. */
function quarterOf(text) {
  const found = /^(?<year>\d{4})\W?[Qq](?<number>[1-4])$/.exec(text);
  return (found ?? /^[Qq](?<number>[1-4])\W(?<year>\d{4})$/.exec(text))?.groups;
}

function offsetOf(zone) {
  if (!zone) return null;
  if (zone === "Z") return 0;
  return (zone[0] === "-" ? -1 : 1) * (60 * Number(zone.slice(1, 3)) + Number(zone.slice(-2)));
}

function dated(wall, offset) {
  return { wall, offset, ms: wall - (offset ?? 0) * 60000 };
}

/** A moment, or null where there is no such day or time. */
function fromParts(year, month, day, hour = 0, minute = 0, second = 0, fraction = "", offset = null) {
  const wall = Date.UTC(2000, Number(month) - 1, 1),
    date = new Date(wall);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const fits = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(year) > 0;
  if (!fits || hour > 23 || minute > 59 || second > 59) return null;
  const time = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  return dated(date.getTime() + time + Number(fraction.padEnd(6, "0")) / 1000, offset);
}

function readFormat(text, format) {
  const pattern = format.replace(/%(.)|\s+|[.*+?^${}()|[\]\\]/g, (part, code) => {
    if (code) return DIRECTIVES[code];
    return part.trim() ? `\\${part}` : "\\s+";
  });
  const found = new RegExp(`^${pattern}$`, "i").exec(text)?.groups;
  if (!found) return null;
  const { Y, y, m, d = "1", H, I, M = 0, S = 0, f = "", p, b, B } = found;
  const year = Y ?? (y ? (y >= 69 ? 1900 : 2000) + Number(y) : 1900);
  const month = m ?? (b ? MONTHS.indexOf(b.toLowerCase()) + 1 : B ? LONG_MONTHS.indexOf(B.toLowerCase()) + 1 : 1);
  const hour = I ? (Number(I) % 12) + (p?.toLowerCase() === "pm" ? 12 : 0) : (H ?? 0);
  return fromParts(year, month, d, hour, M, S, f);
}

/** A time stamp in the way in which `like` is written. */
export function writeMoment(moment, like, format) {
  const whole = (number) => Number.isInteger(number) && /^-*\d+-*$/.test(like);
  if (!isDate(moment)) return whole(moment) ? String(moment) : asFloat(moment);
  if (EPOCHS[format]) {
    const number = moment.ms / EPOCHS[format];
    return whole(number) ? String(number) : asFloat(number);
  }
  if (format) return writeFormat(moment, like, format);
  const date = new Date(moment.wall).toISOString(),
    month = Number(date.slice(5, 7));
  if (quarterOf(like) && month % 3 === 1 && date.slice(8, 10) === "01") {
    return like.replace(/\d{4}/, date.slice(0, 4)).replace(/(?<=[Qq])[1-4]/, (month - 1) / 3 + 1);
  }
  const written =
    /^(\d{4}-\d\d-\d\d|\d{8}|\d{4}-\d\d|\d{6})(?:(\D)(\d\d(?::\d\d){0,2}(?:[.,]\d+)?))?(Z|z|[+-]\d\d:?\d\d)?$/.exec(
      like,
    );
  if (!written) return `${date.slice(0, 10)}T${timeOf(moment, 8)}${zoneOf(moment, "+00:00")}`;
  let day = date.slice(0, 10);
  if (written[1].replaceAll("-", "").length === 6 && day.endsWith("-01")) day = day.slice(0, 7);
  if (!written[1].includes("-")) day = day.replaceAll("-", "");
  const time = timeOf(moment, (written[3] ?? "").length);
  return `${day}${time ? (written[2] ?? " ") : ""}${time}${zoneOf(moment, written[4] ?? "+00:00")}`;
}

function asFloat(number) {
  return Number.isInteger(number) && Math.abs(number) < 1e16 ? `${number}.0` : String(number);
}

/** The time of day with at least so many characters, and more if it would lose something. */
function timeOf({ wall }, shown) {
  const micro = Math.round((((wall % DAY) + DAY) % DAY) * 1000),
    two = (number) => String(number).padStart(2, "0");
  if (!shown && !micro) return "";
  const seconds = Math.floor(micro / 1e6),
    rest = micro % 1e6;
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(rest).padStart(6, "0")}`;
  const least = rest % 1000 ? 15 : rest ? 12 : seconds % 60 ? 8 : seconds % 3600 ? 5 : 2;
  const length = [2, 5, 8, 12, 15].find((size) => size >= Math.max(least, Math.min(shown, 15)));
  return text.slice(0, length);
}

function zoneOf({ offset }, like) {
  if (offset === null) return "";
  if (offset === 0 && /^z$/i.test(like)) return like;
  const two = (number) => String(number).padStart(2, "0"),
    size = Math.abs(offset);
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}${/:|^z$/i.test(like) ? ":" : ""}${two(size % 60)}`;
}

function writeFormat(moment, like, format) {
  const date = new Date(moment.wall),
    two = (number) => String(number).padStart(2, "0"),
    hour = date.getUTCHours();
  const name = (list) => list[date.getUTCMonth()][0].toUpperCase() + list[date.getUTCMonth()].slice(1);
  const parts = {
    Y: String(date.getUTCFullYear()),
    y: two(date.getUTCFullYear() % 100),
    m: two(date.getUTCMonth() + 1),
    d: two(date.getUTCDate()),
    H: two(hour),
    I: two(hour % 12 || 12),
    M: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
    f: String(Math.round((((moment.wall % 1000) + 1000) % 1000) * 1000)).padStart(6, "0"),
    p: hour < 12 ? "AM" : "PM",
    b: name(MONTHS),
    B: name(LONG_MONTHS),
    "%": "%",
  };
  const written = format.replace(/%(.)/g, (_, code) => parts[code]);
  const read = readFormat(like, format),
    zeros = read && like !== format ? zerosOf(writePlain(read, format), like) : [];
  const isYear = (format.match(/%[^pbB%]/g) ?? []).map((directive) => directive === "%y"), // which keep their zeros
    counted = zeros.filter((_, place) => !isYear[place]);
  if (!counted.includes(false)) return written;
  const others = !counted.includes(true) && !/^\d{4}-\d\d-\d\d/.test(like); // such a date has its zeros
  const bare = zeros.map((zero, place) => !isYear[place] && (zero === false || (zero === null && others)));
  let place = 0;
  return written.replace(NUMBERS, (number) => (bare[place++] ? number.replace(/^0(?=.)/, "") : number));
}

/** Of each number of a time stamp that is written with zeros, whether `own` has them; null: it cannot be told. */
function zerosOf(padded, own) {
  const written = own.match(NUMBERS) ?? [];
  return (padded.match(NUMBERS) ?? []).slice(0, written.length).map((number, place) => {
    if (number[0] !== "0") return null;
    return written[place] === number ? true : written[place] === number.slice(1) ? false : null;
  });
}

function writePlain(moment, format) {
  return writeFormat(moment, format, format);
}

/** The time from a row to the next: {months, size, day, frequency}, of which one is set. */
export class Step {
  constructor({ months, size, day, frequency }) {
    Object.assign(this, { months, size, day, frequency });
    this.ofCalendar = Boolean(months || frequency);
  }

  /** Steps from one moment to another; between two steps the part of the second one. */
  count(earlier, later) {
    if (!isDate(earlier) || !this.ofCalendar)
      return (instant(later) - instant(earlier)) / (isDate(earlier) ? 1000 : 1) / this.size;
    const from = earlier.wall,
      to = later.wall;
    if (this.moved(from, 1) === to) return 1;
    const length = (this.moved(from, 12) - from) / 12;
    let steps = 0;
    for (let n = 0; n < 5; n++) steps += Math.trunc((to - this.moved(from, steps)) / length);
    while (this.moved(from, steps) > to) steps--;
    while (this.moved(from, steps + 1) <= to) steps++;
    const begin = this.moved(from, steps),
      end = this.moved(from, steps + 1);
    return steps + (to - begin) / (end - begin);
  }

  /** The moment so many steps later. */
  after(moment, steps = 1) {
    if (!isDate(moment)) return moment + steps * this.size;
    const wall = this.ofCalendar ? this.moved(moment.wall, steps) : moment.wall + steps * this.size * 1000;
    return dated(wall, moment.offset);
  }

  /** Of what a clock shows, with a step of the calendar. */
  moved(wall, steps) {
    if (!steps) return wall;
    const date = new Date(wall);
    if (this.months) {
      const day = this.day || date.getUTCDate();
      date.setUTCDate(1);
      date.setUTCMonth(date.getUTCMonth() + steps * this.months);
      const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
      date.setUTCDate(Math.min(day, last));
      return date.getTime() + (wall - Math.floor(wall));
    }
    if (this.frequency !== "B") return wall + steps * Number(this.frequency.slice(0, -1) || 1) * DAY;
    const weekday = (date.getUTCDay() + 6) % 7,
      from = Math.min(weekday, 4); // a weekend counts as the Friday before it
    const days = from + steps,
      weeks = Math.floor(days / 5);
    return wall + (weeks * 7 + (days - 5 * weeks) - weekday) * DAY;
  }

  /** Seconds from a row to the next, on average; of plain numbers the difference. */
  get length() {
    if (!this.ofCalendar) return this.size;
    const begin = Date.UTC(2023, 0, 2);
    return (this.moved(begin, 12) - begin) / 12000;
  }
}
