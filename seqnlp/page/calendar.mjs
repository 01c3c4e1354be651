// Sines and cosines of the calendar, which series models read beside the values.
import { DAY, isDate } from "./moments.mjs";

const WAVES = [1, 2];

/** Two waves, sine and cosine, of each feature: day, week, year. */
export function calendarValues(moment, features) {
  if (features.length && !isDate(moment))
    throw new Error("expected dates as time stamps: the model reads the calendar");
  return features.flatMap((name) => {
    return WAVES.flatMap((wave) => {
      const angle = 2 * Math.PI * phase(moment.wall, name) * wave;
      return [Math.sin(angle), Math.cos(angle)];
    });
  });
}

/** Where in its period a moment is, from 0 to 1. */
function phase(wall, name) {
  const date = new Date(wall),
    year = date.getUTCFullYear(),
    begin = Date.UTC(year, 0, 1);
  const day = (date.getUTCHours() * 3600 + date.getUTCMinutes() * 60 + date.getUTCSeconds()) / 86400;
  if (name === "day") return day;
  if (name === "week") return (((date.getUTCDay() + 6) % 7) + day) / 7;
  return (Math.floor((wall - begin) / DAY) + day) / ((Date.UTC(year + 1, 0, 1) - begin) / DAY);
}
