import type { IncomingMessage } from "node:http";
import { type Position, parsePosition, positionText } from "../../store/replicas/index.ts";

/**
 * A place in the database's log. An answer that carries it has seen nothing later; a request that carries it is
 * answered with all that came before.
 */
export const positionHeader = "pith-graph-position";

/** The position that a request carries; null where it carries none, undefined where it is no position. */
export function carriedPosition({ headers }: IncomingMessage): Position | null | undefined {
  const text = headers[positionHeader];
  if (text === undefined) return null;
  return parsePosition(String(text)) ?? undefined;
}

export const malformedPosition =
  "Pith-Graph-Position must be as an answer had it: two hexadecimal numbers with a slash between, like 16/B374D848.";

/** For an answer; pages of other origins may read it, too. */
export function positionHeaders(position: Position | null): Record<string, string> {
  if (position === null) return {};
  return {
    [positionHeader]: positionText(position),
    "access-control-expose-headers": "Pith-Graph-Position",
  };
}
