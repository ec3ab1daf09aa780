// Checks the ranges of hours, minutes and seconds; the date is checked against the calendar below.
const shape = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z$/;

/** An instant to the microsecond as `YYYY-MM-DDTHH:MM:SS.ffffff`: instants compare as these texts do. */
export type Instant = string & { readonly __brand: "Instant" };

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Parses `YYYY-MM-DDTHH:MM:SS[.1–6 digits]Z`, the only form of time in events (PROTOCOL section 5.1). Null for any
 * other form, or if there is no such date and time (years 0001–9999, no 60th second).
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

const readable =
  /^(\d{4})(-?)(\d\d)\2(\d\d)(?:[Tt ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?)?(?: ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?$/i;

/**
 * Parses a time as people and programs write it: RFC 3339 with any offset, also to the minute or the hour, the basic
 * format of ISO 8601, and a date alone, which means its first instant. UTC if no offset is given. Digits beyond the
 * microsecond are cut off; a leap second is the instant after it, and 24:00 the beginning of the next day. Null for
 * anything else, and outside the years 0001–9999.
 *
 * @example readInstant("2024-01-01T01:00+01:00") // "2024-01-01T00:00:00.000000"
 */
export function parseAnyInstant(text: string): Instant | null {
  const match = readable.exec(
    text
      .trim()
      .normalize("NFKC")
      .replace(/[\u2010-\u2013\u2212]/g, "-"),
  );
  if (match === null) return null;
  const [, year, , month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = "Z"] = match;
  const isMidnight = hour === "24" && /^0*$/.test(minute + second + fraction);
  const isLeap = second === "60";
  const time = `${year}-${month}-${day}T${isMidnight ? "00" : hour}:${minute}:${isLeap ? "59" : second}Z`;
  // Checks the ranges: Date.parse accepts impossible days. Year 0, a leap year like year 4, may become year 1.
  if (parseInstant(time.replace(/^0000/, "0004")) === null) return null;
  const offset = minutesOf(zone);
  if (offset === null) return null;
  const milliseconds = Date.parse(time) + (isMidnight ? 86_400_000 : 0) - offset * 60_000;
  const utc = isoSeconds(milliseconds);
  if (isLeap) return utc.endsWith("T23:59:59") ? parseInstant(`${isoSeconds(milliseconds + 1_000)}Z`) : null;
  return parseInstant(`${utc}.${fraction.slice(0, 6).padEnd(6, "0")}Z`);
}

/** Up to the second. */
function isoSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19);
}

/** An offset east of Greenwich, in minutes; null if it is malformed. */
function minutesOf(zone: string): number | null {
  if (/^[a-z]/i.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", "") || 0);
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith("+") ? 1 : -1) * (hours * 60 + minutes);
}
