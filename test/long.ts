import { type TestContext, test } from "vitest";

/** Whether this is `npm run test:long`, which takes minutes for what `npm test` shows in seconds. */
export const isLong = process.env["PITH_LONG"] === "1";

/** A test of `npm run test:long` only: no part of `npm test`, and not counted as skipped there. */
export const longTest: (name: string, run: (context: TestContext) => Promise<void>) => void = isLong
  ? test
  : () => {};

/** How many random moments tests kill at, of each victim equally many; PITH_MOMENTS gives another number. */
export const moments = Number(process.env["PITH_MOMENTS"] ?? (isLong ? 30 : 3));
