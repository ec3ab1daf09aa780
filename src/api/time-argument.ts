import { type Instant, readInstant } from "../protocol/index.ts";
import { badUserInput } from "./errors.ts";

/** Reads an argument that is a time. Throws BAD_USER_INPUT where it is none. */
export function readTime(argument: string, text: string): Instant {
  const instant = readInstant(text);
  if (instant !== null) return instant;
  throw badUserInput(
    `\`${argument}\` must be a time, such as \`2026-06-01T00:00:00Z\`, \`2026-06-01T02:00+02:00\` or \`2026-06-01\`.`,
  );
}
