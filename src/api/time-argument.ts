import { type Instant, readInstant } from "../protocol/index.ts";
import { badUserInput } from "./errors.ts";

/** What descriptions say of arguments that are times. */
export const timeInWords =
  "RFC 3339 with any offset, also to the minute, or a date alone, which is its first instant in UTC. Digits beyond " +
  "the microsecond are cut off. Anything else: BAD_USER_INPUT.";

/** Reads an argument that is a time. Throws BAD_USER_INPUT where it is none. */
export function readTime(argument: string, text: string): Instant {
  const instant = readInstant(text);
  if (instant !== null) return instant;
  throw badUserInput(
    `\`${argument}\` must be a time, such as \`2026-06-01T00:00:00Z\`, \`2026-06-01T02:00+02:00\` or \`2026-06-01\`.`,
  );
}
