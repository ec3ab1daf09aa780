import { decodeGlobalId, encodeGlobalId } from "../../../src/api/builder.ts";
import { ApiError } from "../../../src/api/errors.ts";
import { decodeCursor, encodeCursor, type KeyOrder } from "../../../src/api/keyset.ts";
import { assertSame, failUnless, type Target } from "./target.ts";

const orders: readonly KeyOrder[] = [
  { name: "papers", parts: ["instant", "bigint"] },
  { name: "claims", parts: ["bigint", "integer"] },
];

/** Cursors and global ids: rejected with BAD_USER_INPUT, or the only spelling of their value. */
export const cursors: Target = {
  name: "cursors",
  seeds: () => [
    encodeCursor(orders[0] as KeyOrder, ["2023-02-23T17:34:53Z", "-9223372036854775806"]),
    encodeCursor(orders[1] as KeyOrder, ["0", "2147483646"]),
    encodeGlobalId("Paper", 12n),
    encodeGlobalId("Claim", "-1:2"),
  ],
  check(input) {
    const text = input.toString("utf8");
    for (const order of orders) {
      const key = parseOrNull(() => decodeCursor(order, text, "after"));
      if (key !== null) assertSame("a cursor", encodeCursor(order, key), text);
    }
    const id = parseOrNull(() => decodeGlobalId(text));
    if (id !== null) assertSame("a global id", encodeGlobalId(id.typename, id.id), text);
  },
};

/** The result of a parser; null if it throws BAD_USER_INPUT, the only allowed error. */
export function parseOrNull<Result>(read: () => Result): Result | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    failUnless(
      `an error with the code ${error.extensions["code"]}`,
      error.extensions["code"] === "BAD_USER_INPUT",
    );
    return null;
  }
}
