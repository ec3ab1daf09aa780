import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseInstant } from "../../src/protocol/index.ts";

describe("parseInstant", () => {
  test.each([
    ["2026-06-10T12:00:00Z", "2026-06-10T12:00:00.000000"],
    ["2026-06-10T12:00:00.5Z", "2026-06-10T12:00:00.500000"],
    ["2026-06-10T12:00:00.000001Z", "2026-06-10T12:00:00.000001"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000"],
    ["2000-02-29T23:59:59.999999Z", "2000-02-29T23:59:59.999999"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000"],
    ["0004-02-29T00:00:00Z", "0004-02-29T00:00:00.000000"],
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000000"],
  ])("reads %s as %s", (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  test.each([
    "2026-06-10T12:00:00",
    "2026-06-10T12:00:00z",
    "2026-06-10t12:00:00Z",
    "2026-06-10 12:00:00Z",
    "2026-06-10T12:00:00+00:00",
    "2026-06-10T12:00Z",
    "2026-06-10T12:00:00.Z",
    "2026-06-10T12:00:00.1234567Z",
    "2026-06-10T12:00:00,5Z",
    "2026-6-10T12:00:00Z",
    "12026-06-10T12:00:00Z",
    "-2026-06-10T12:00:00Z",
    " 2026-06-10T12:00:00Z",
    "2026-06-10T12:00:00Z\n",
    "٢٠٢٦-06-10T12:00:00Z",
    "2026-06-10T12:00:0０Z",
    "0000-01-01T00:00:00Z",
    "2026-00-10T12:00:00Z",
    "2026-13-10T12:00:00Z",
    "2026-06-00T12:00:00Z",
    "2026-06-31T12:00:00Z",
    "2026-02-29T12:00:00Z",
    "1900-02-29T12:00:00Z",
    "2100-02-29T12:00:00Z",
    "2024-02-30T12:00:00Z",
    "2026-06-10T24:00:00Z",
    "2026-06-10T12:60:00Z",
    "2016-12-31T23:59:60Z",
    "",
    null,
    20260610,
    ["2026-06-10T12:00:00Z"],
  ])("returns null for %j", (value) => {
    expect(parseInstant(value)).toBeNull();
  });

  test("accepts every day of the calendar, and no other", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.nat(14), fc.nat(33), (year, month, day) => {
        const two = (value: number) => String(value).padStart(2, "0");
        const text = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T00:00:00Z`;
        // Date carries surplus days over into the next month; a real day is returned unchanged.
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, day);
        const isReal =
          date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        expect(parseInstant(text) !== null).toBe(isReal);
      }),
      { numRuns: 1000 },
    );
  });

  test("returns strings that sort in the order of time", () => {
    const moment = fc.date({
      min: new Date("0001-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        const [x, y] = [parseInstant(a.toISOString()), parseInstant(b.toISOString())];
        expect((x ?? "") < (y ?? "")).toBe(a < b);
        expect(x === y).toBe(a.getTime() === b.getTime());
      }),
    );
  });
});
