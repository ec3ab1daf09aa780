import { DrizzleQueryError } from "drizzle-orm";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { createLog, type LogOptions, logContext } from "../src/runtime/log.ts";

function logging(format: LogOptions["format"], level: LogOptions["level"] = "info") {
  const lines: string[] = [];
  const log = createLog({ level, format, role: "api", write: (line) => lines.push(line) });
  return { log, lines };
}

describe("the log as JSON", () => {
  it("has an object a line with time, level, role and the context's members", () => {
    const { log, lines } = logging("json");
    logContext.run({ requestId: "r-1" }, () => log.warn({ route: "/feed" }, "slow"));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      level: "warn",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      role: "api",
      requestId: "r-1",
      route: "/feed",
      msg: "slow",
    });
    log.debug("not at this level");
    expect(lines).toHaveLength(1);
  });

  it("keeps control characters and line breaks of texts within a line", () => {
    const { log, lines } = logging("json");
    const hostile = 'x\n{"level":"info","msg":"forged"}\r\u2028\u0000\u001b[2J';
    log.info({ route: hostile }, hostile);
    expect(lines.join("").split("\n")).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ route: hostile, msg: hostile });
  });

  it("has no parameters and no details with values of database errors", () => {
    const { log, lines } = logging("json");
    const cause = Object.assign(new pg.DatabaseError("duplicate key", 1, "error"), {
      code: "23505",
      detail: "Key (title)=(geheim) already exists.",
      where: "geheim",
    });
    log.error({ err: new DrizzleQueryError("SELECT $1", ["geheim"], cause) }, "a request failed");
    log.error({ err: "geht nicht" }, "no error at all");
    const [first, second] = lines.map((line) => JSON.parse(line));
    expect(lines.join("")).not.toContain("geheim");
    expect(first.err).toMatchObject({
      message: "Failed query: SELECT $1",
      stack: expect.stringMatching(/^ {4}at /),
      cause: { message: "duplicate key", code: "23505" },
    });
    expect(second.err).toBe("geht nicht");
  });
});

describe("the log as text", () => {
  it("has time, level, message and fields, and an error's stack below", () => {
    const { log, lines } = logging("text");
    log.info({ host: "::1", port: 1, words: "a b" }, "listening");
    log.error({ err: Object.assign(new TypeError("broken"), { code: "X1" }) }, "failed");
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d info {2}listening host=::1 port=1 words="a b"\n$/);
    expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d error failed: TypeError X1: broken\n {4}at /);
  });

  it("escapes control characters and direction marks", () => {
    const { log, lines } = logging("text");
    log.warn({ path: "/\u001b]0;x\u0007" }, "a\nb\u202e\u009b2J");
    expect(lines[0]).toContain("a\\u{a}b\\u{202e}\\u{9b}2J");
    expect(lines[0]?.trimEnd()).toMatch(/^[^\p{Cc}\u202e]+$/u);
  });
});
