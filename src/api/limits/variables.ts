import { type ApiError, badUserInput } from "../errors.ts";
import { maximumListLength } from "./query-limits.ts";

/** Why variables are refused before anybody looks at what they mean (BAD_USER_INPUT); null where they are not. */
export function variablesError(variables: Readonly<Record<string, unknown>>): ApiError | null {
  for (const [name, variable] of Object.entries(variables)) {
    const waiting = [variable];
    for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
      if (typeof value !== "object" || value === null) continue;
      const members = Object.values(value);
      if (Array.isArray(value) && members.length > maximumListLength) {
        return badUserInput(
          `Variable "$${name}" has a list of ${members.length}; ${maximumListLength} are the most. Ask in several requests.`,
        );
      }
      // One by one: a list may hold more than a call takes arguments.
      for (const member of members) waiting.push(member);
    }
  }
  return null;
}
