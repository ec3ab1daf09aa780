import { describe, expect, it } from "vitest";
import { formatWalPosition, parseWalPosition } from "../../src/store/read-server.ts";
import { PrimaryHistory } from "../../src/store/read-servers.ts";
import { isAnsweredByPrimary, isServerFault } from "../../src/store/server-fault.ts";

describe("a position", () => {
  it("is read and written like PostgreSQL's", () => {
    for (const text of ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF", "1/0"]) {
      expect(formatWalPosition(parseWalPosition(text) ?? -1n)).toBe(text);
    }
    expect(parseWalPosition("1/0")).toBe(2n ** 32n);
    expect(parseWalPosition("a/b")).toBe(parseWalPosition("A/B"));
  });

  it("is null for any other text", () => {
    for (const text of [
      "",
      "0",
      "/",
      "0/",
      "/0",
      "1/100000000",
      "-1/0",
      "0x1/0",
      "1/0 ",
      "1/0, 2/0",
      "g/0",
    ]) {
      expect(parseWalPosition(text), text).toBeNull();
    }
  });
});

describe("the delay of a replica", () => {
  it("is the time since the primary was at the replica's position", () => {
    const history = new PrimaryHistory(10_000);
    for (const [at, position] of [
      [1_000, 100n],
      [2_000, 200n],
      [3_000, 300n],
    ] as const) {
      history.add(at, position);
    }
    expect(history.millisecondsBehind(300n)).toBe(0);
    expect(history.millisecondsBehind(999n)).toBe(0);
    expect(history.millisecondsBehind(299n)).toBe(1_000);
    expect(history.millisecondsBehind(100n)).toBe(2_000);
    expect(history.millisecondsBehind(99n)).toBe(Number.POSITIVE_INFINITY);
  });

  it("is 0 if the primary does not move", () => {
    const history = new PrimaryHistory(10_000);
    for (let at = 0; at <= 100_000; at += 1_000) history.add(at, 100n);
    expect(history.millisecondsBehind(100n)).toBe(0);
    expect(history.millisecondsBehind(99n)).toBe(Number.POSITIVE_INFINITY);
  });

  it("is infinite before the primary's first position, and after the primary has gone back", () => {
    const history = new PrimaryHistory(10_000);
    expect(history.millisecondsBehind(100n)).toBe(Number.POSITIVE_INFINITY);
    history.add(0, 100n);
    history.add(1_000, 50n);
    expect(history.millisecondsBehind(49n)).toBe(Number.POSITIVE_INFINITY);
    expect(history.millisecondsBehind(50n)).toBe(0);
  });

  it("is infinite beyond the length of the history", () => {
    const history = new PrimaryHistory(2_000);
    for (let at = 0; at <= 5_000; at += 1_000) history.add(at, BigInt(at));
    expect(history.millisecondsBehind(3_000n)).toBe(2_000);
    expect(history.millisecondsBehind(2_999n)).toBe(Number.POSITIVE_INFINITY);
  });
});

it("errors of the server and conflicts with replay may be answered elsewhere, other SQLSTATEs and time limits not", () => {
  const withCode = (code: string) => Object.assign(new Error("…"), { code });
  for (const code of ["57P01", "57P03", "08006", "ECONNREFUSED", "ECONNRESET", "53300"]) {
    expect(isServerFault(withCode(code)), code).toBe(true);
  }
  expect(isServerFault(new Error("Connection terminated unexpectedly"))).toBe(true);
  for (const code of ["42601", "57014", "23505", "22P02", "TIMEOUT"]) {
    expect(isAnsweredByPrimary(withCode(code)), code).toBe(false);
  }
  // Conflicts with replay, and a migration that is not replayed yet.
  for (const code of ["40001", "42P01", "42703"]) {
    expect(isServerFault(withCode(code)), code).toBe(false);
    expect(isAnsweredByPrimary(withCode(code)), code).toBe(true);
  }
});
