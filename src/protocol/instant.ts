// With hours, minutes and seconds in their ranges; the date's are left to the calendar below.
const shape = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z$/;

/**
 * An instant to the microsecond as `YYYY-MM-DDTHH:MM:SS.ffffff`: two instants compare as these texts do.
 */
export type Instant = string & { readonly __brand: "Instant" };

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads `YYYY-MM-DDTHH:MM:SS[.1–6 digits]Z`, the only form of time in events (PROTOCOL section 5.1). Null
 * where the text has another form or names no real date and time (years 0001–9999, no 60th second).
 */
export function parseInstant(text: unknown): Instant | null {
  if (typeof text !== "string" || !shape.test(text)) return null;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > lastDay(year, month)) return null;
  return `${text.slice(0, 19)}.${text.slice(20, -1).padEnd(6, "0")}` as Instant;
}

function lastDay(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (daysOfMonth[month - 1] as number);
}
