import { DrizzleQueryError } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { errorText } from "../../src/runtime/display-text.ts";

function withCode(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

const refused = (address: string) => withCode(`connect ECONNREFUSED ${address}`, "ECONNREFUSED");

describe("the text of an error", () => {
  it.each<[string, unknown, string]>([
    ["an error's message", new Error("no room"), "no room"],
    ["the thrown value if it is not an error", "a word", "a word"],
    ["the code of an error without a message", withCode("", "EPIPE"), "EPIPE"],
    ["the name of an error with neither", new RangeError(), "RangeError"],
    [
      "the cause of a failed fetch",
      new TypeError("fetch failed", { cause: refused("127.0.0.1:1") }),
      "connect ECONNREFUSED 127.0.0.1:1",
    ],
    [
      "each distinct error of an AggregateError",
      new AggregateError([refused("::1:1"), refused("127.0.0.1:1"), refused("::1:1")]),
      "connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1",
    ],
    [
      "the cause of a failed query without its parameters",
      new DrizzleQueryError("SELECT $1", ["secret"], new Error("out of shared memory")),
      "out of shared memory",
    ],
  ])("is %s", (_, error, text) => {
    expect(errorText(error)).toBe(text);
  });

  it("is the cause of a fetch that failed to connect", async () => {
    const error = await fetch("http://127.0.0.1:1/").catch((thrown: unknown) => thrown);
    expect((error as Error).message).toBe("fetch failed");
    expect(errorText(error)).not.toBe("fetch failed");
  });
});
