import pg from "pg";
import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "../../src/config/index.ts";
import { findSubmitter } from "../../src/server/http/bearer-tokens.ts";
import { SubmissionRate } from "../../src/server/submissions/admission.ts";
import { statusOf } from "../../src/server/submissions/result-writer.ts";
import { chooseBatch, faultOf, retryDelay } from "../../src/submissions/queue.ts";
import { settings, sha256, token } from "./site.ts";

describe("tokens", () => {
  const hex = sha256(token).toString("hex");

  it("are configured as SHA-256 hashes, with or without a name", () => {
    const { submissions } = readConfig({ PITH_GRAPH_TOKENS: `ada:${hex.toUpperCase()}, ${"0".repeat(64)}` });
    expect(submissions.tokens.map(({ name }) => name)).toEqual(["ada", "0".repeat(16)]);
    expect(submissions.minimumProof).toBe("signed");
    expect(findSubmitter(submissions.tokens, `Bearer ${token}`)).toEqual({
      name: "ada",
      fingerprint: hex.slice(0, 16),
    });
    expect(readConfig({}).submissions.tokens).toEqual([]);
  });

  /** @threat T30 */
  it.each([token, `ada:${token}`, `${hex},nonsense`, hex.slice(1)])(
    "that are not hashes are rejected with ConfigError, and not repeated in the message (%#)",
    (text) => {
      const read = () => readConfig({ PITH_GRAPH_TOKENS: text });
      expect(read).toThrow(ConfigError);
      expect(read).toThrow(/PITH_GRAPH_TOKENS/);
      expect(read).not.toThrow(new RegExp(token.slice(0, 10)));
    },
  );

  it("are found at any place of the list and for any case of the scheme, and only if the header is exact", () => {
    const { tokens } = settings;
    expect(findSubmitter(tokens, `bearer  ${token} `)?.name).toBe("tests");
    expect(findSubmitter(tokens, "Bearer other")?.name).toBe("other");
    for (const header of [
      undefined,
      null,
      "",
      "Bearer",
      "Bearer ",
      token,
      `Bearer ${token}x`,
      `Bearer x ${token}`,
    ]) {
      expect(findSubmitter(tokens, header)).toBeNull();
    }
    expect(findSubmitter([], `Bearer ${token}`)).toBeNull();
  });
});

describe("the rate limit", () => {
  it("accepts a minute's worth at once, and then as many as time has refilled", () => {
    let now = 0;
    const rate = new SubmissionRate({ documentsPerMinute: 60, bytesPerMinute: 6_000 }, () => now);
    for (let nth = 0; nth < 60; nth++) expect(rate.take("a", 10)).toBe(0);
    expect(rate.take("a", 10)).toBe(1);
    expect(rate.take("b", 10)).toBe(0);
    now += 1_000;
    expect(rate.take("a", 10)).toBe(0);
    expect(rate.take("a", 10)).toBe(1);
    now += 3_600_000;
    // Refilled, but not beyond the maximum; bytes count, too.
    expect(rate.take("a", 5_000)).toBe(0);
    expect(rate.take("a", 5_000)).toBe(40);
    expect(rate.take("a", 1_000)).toBe(0);
  });

  it("accepts a document that is larger than a minute's bytes if the bucket is full", () => {
    let now = 0;
    const rate = new SubmissionRate({ documentsPerMinute: 60, bytesPerMinute: 1_000 }, () => now);
    expect(rate.take("a", 3_000)).toBe(0);
    expect(rate.take("a", 1)).toBeGreaterThan(60);
    now += 180_000;
    expect(rate.take("a", 1_000)).toBe(0);
  });
});

describe("retries", () => {
  it("have delays that double up to 5 minutes, with a jitter of 25 % either way", () => {
    expect([1, 2, 3, 4, 20].map((attempt) => retryDelay(attempt, 0.5))).toEqual([
      1_000, 2_000, 4_000, 8_000, 300_000,
    ]);
    expect(retryDelay(1, 0)).toBe(750);
    expect(retryDelay(1, 1)).toBe(1_250);
  });

  it("process a submission that failed before alone, and others together up to the maximum of bytes", () => {
    const row = (id: string, attempts: number, size = 1, ahead = 0) => ({ id, attempts, size, ahead });
    const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).join("");
    expect(ids(chooseBatch([], 10))).toBe("");
    expect(ids(chooseBatch([row("a", 0), row("b", 1), row("c", 0)], 10))).toBe("ac");
    expect(ids(chooseBatch([row("a", 1), row("b", 0), row("c", 0)], 10))).toBe("a");
    expect(ids(chooseBatch([row("a", 0, 6), row("b", 0, 4), row("c", 0)], 10))).toBe("ab");
    expect(ids(chooseBatch([row("a", 0, 60), row("b", 0)], 10))).toBe("a");
    const ahead = [3_600, 2_000, 1_700].map((seconds, index) => row("abc".charAt(index), 0, 1, seconds));
    expect(ids(chooseBatch(ahead, 10))).toBe("ab");
  });

  it("distinguish faults of the infrastructure, by SQLSTATE or system error, from defects", () => {
    const database = new pg.DatabaseError("deadlock detected", 1, "error");
    database.code = "40P01";
    expect(faultOf(database)).toEqual({
      code: "40P01",
      message: "deadlock detected",
      isInfrastructure: true,
    });
    const refused = Object.assign(new Error(""), { code: "ECONNREFUSED", syscall: "connect" });
    expect(faultOf(refused)).toEqual({
      code: "ECONNREFUSED",
      message: "ECONNREFUSED",
      isInfrastructure: true,
    });
    expect(faultOf(new Error("Connection terminated unexpectedly"))).toMatchObject({
      code: "CONNECTION_LOST",
      isInfrastructure: true,
    });
    expect(faultOf(new TypeError("x is not a function"))).toMatchObject({
      code: "DEFECT",
      isInfrastructure: false,
    });
    expect(faultOf("what?")).toMatchObject({ code: "DEFECT", isInfrastructure: false });
  });
});

it.each<[documents: readonly string[], status: number]>([
  [["MERGED"], 200],
  [["MERGED", "REJECTED UNSIGNED"], 200],
  [["MERGED", "QUEUED"], 202],
  [["REJECTED UNSIGNED", "REJECTED TOO_LARGE"], 422],
  [["REJECTED TOO_LARGE"], 413],
  [["REJECTED UNSIGNED", "FAILED 57P01"], 503],
])("an answer with the outcomes %j has the HTTP status %i", (documents, expected) => {
  const outcomes = documents.map((text) => {
    const [status = "", code = ""] = text.split(" ");
    return { id: null, status: status as "MERGED", ...(code && { error: { code, message: "" } }) };
  });
  expect(statusOf(outcomes)).toBe(expected);
});
