import { isSha256, parseInstant } from "../protocol/index.ts";
import { badUserInput } from "./errors.ts";

/** What a part of a key is; each has one spelling, so a cursor has one too. */
export type KeyPart = "instant" | "bigint" | "integer" | "sha256";

/** The place of a row in an order: the values of the order's columns as texts. */
export type Key = readonly string[];

/** A total order of rows that a connection pages through. Its name is in its cursors: no other order takes them. */
export type KeyOrder = { readonly name: string; readonly parts: readonly KeyPart[] };

// Room is left for the neighbour of a key, which some conditions are made of.
const largestBigint = 2n ** 63n - 2n;
const largestInteger = 2n ** 31n - 2n;

export function encodeCursor(order: KeyOrder, key: Key): string {
  return Buffer.from(JSON.stringify([order.name, ...key]), "utf8").toString("base64url");
}

/** Reads a cursor that `encodeCursor` gave for this order. Throws BAD_USER_INPUT for anything else. */
export function decodeCursor(order: KeyOrder, cursor: string, argument: string): Key {
  const key = cursor.length > 300 ? null : readKey(Buffer.from(cursor, "base64url").toString("utf8"));
  if (
    key === null ||
    key[0] !== order.name ||
    key.length !== order.parts.length + 1 ||
    !order.parts.every((part, index) => fits(part, key[index + 1] ?? "")) ||
    encodeCursor(order, key.slice(1)) !== cursor
  ) {
    throw badUserInput(
      `\`${argument}\` is not a cursor of this connection. Take cursors from its \`edges\` or \`pageInfo\`, with the same order.`,
    );
  }
  return key.slice(1);
}

function readKey(text: string): string[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : null;
  } catch {
    return null;
  }
}

function fits(part: KeyPart, text: string): boolean {
  if (part === "instant") return parseInstant(text) !== null;
  if (part === "sha256") return isSha256(text);
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return false;
  const value = BigInt(text);
  const largest = part === "bigint" ? largestBigint : largestInteger;
  return value <= largest && value >= -largest;
}
