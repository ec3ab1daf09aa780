import { type TestContext, test } from "vitest";

/** Whether this is `npm run test:long`, which takes minutes instead of seconds. */
export const isLong = process.env["PITH_LONG"] === "1";

/** A test of `npm run test:long` only, which `npm test` does not count as skipped. */
export const longTest: (name: string, run: (context: TestContext) => Promise<void>) => void = isLong
  ? test
  : () => {};

/** The number of random moments at which tests kill, divided among the victims. PITH_MOMENTS sets it. */
export const moments = Number(process.env["PITH_MOMENTS"] ?? (isLong ? 30 : 3));
