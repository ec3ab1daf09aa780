import { parseInstant } from "../../../src/protocol/index.ts";
import { assertSame, failUnless, type Target } from "./target.ts";

/** Instants: those that Date reads, too, at the same millisecond, and that are the same when read again. */
export const instants: Target = {
  name: "instants",
  seeds: () => [
    "2024-02-29T23:59:59.999999Z",
    "0001-01-01T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "2026-06-10T12:00:60Z",
  ],
  check(input) {
    const text = input.toString("utf8");
    const instant = parseInstant(text);
    if (instant === null) return;
    assertSame("an instant, read again", parseInstant(`${instant}Z`), instant);
    const milliseconds = `${instant.slice(0, 23)}Z`;
    const date = new Date(milliseconds);
    failUnless("no date", !Number.isNaN(date.getTime()));
    assertSame("the date", date.toISOString(), milliseconds);
  },
};
