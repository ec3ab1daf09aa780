import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { withTables } from "../scripts/configuration-tables.ts";
import { defaultQueryLimits } from "../src/api/execution/query-limits.ts";
import { ConfigError, effectiveSettings, readConfig, topics, unknownVariables } from "../src/config/index.ts";
import { noSubmissions } from "../src/server/submissions/submission-service.ts";

describe("readConfig", () => {
  it("reads PITH_GRAPH_ADJACENCY as memory, the default, or sql", () => {
    expect(readConfig({}).graphAdjacency).toBe("memory");
    expect(readConfig({ PITH_GRAPH_ADJACENCY: " sql " }).graphAdjacency).toBe("sql");
    const wrong = () => readConfig({ PITH_GRAPH_ADJACENCY: "disk" });
    expect(wrong).toThrow(ConfigError);
    expect(wrong).toThrow('PITH_GRAPH_ADJACENCY must be memory or sql, not "disk".');
  });

  it("reads limits as whole numbers, and rejects others with their range", () => {
    const { limits, requestsPerMinute, trustedProxies, maximumQueryBytes } = readConfig({
      PITH_GRAPH_QUERY_COST: "50",
      PITH_GRAPH_QUERY_MILLISECONDS: "7",
      PITH_GRAPH_QUERY_ALIASES: "6",
      PITH_GRAPH_QUERY_DIRECTIVES: "5",
      PITH_GRAPH_QUERY_TOKENS: "4",
      PITH_GRAPH_QUERY_DEPTH: "3",
      PITH_GRAPH_ANSWER_BYTES: "8000000",
      PITH_GRAPH_QUERY_BYTES: "2",
      PITH_GRAPH_REQUESTS_PER_MINUTE: "0",
      PITH_GRAPH_TRUST_PROXY: "1",
    });
    expect(limits).toEqual({
      cost: 50,
      milliseconds: 7,
      aliases: 6,
      directives: 5,
      tokens: 4,
      depth: 3,
      answerBytes: 8_000_000,
    });
    expect([requestsPerMinute, trustedProxies, maximumQueryBytes]).toEqual([0, 1, 2]);
    expect(readConfig({}).limits).toEqual(defaultQueryLimits);
    expect(readConfig({}).submissions).toEqual(noSubmissions);
    for (const [name, value] of [
      ["PITH_GRAPH_QUERY_DEPTH", "101"],
      ["PITH_GRAPH_QUERY_COST", "0"],
      ["PITH_GRAPH_QUERY_MILLISECONDS", "10s"],
      ["PITH_GRAPH_TRUST_PROXY", "true"],
    ] as const) {
      expect(() => readConfig({ [name]: value })).toThrow(
        new RegExp(`${name} must be a whole number from \\d+ to \\d+, not "${value}"`),
      );
    }
  });

  it("rejects PITH_GRAPH_ANSWER_BYTES above an eighth of PITH_GRAPH_UNREAD_BYTES", () => {
    const read = (answer: string, unread: string) =>
      readConfig({ PITH_GRAPH_ANSWER_BYTES: answer, PITH_GRAPH_UNREAD_BYTES: unread });
    expect(read("8000000", "64000000")).toMatchObject({
      limits: { answerBytes: 8_000_000 },
      unreadBytes: 64_000_000,
    });
    expect(() => read("8000001", "64000000")).toThrow(ConfigError);
    const contradiction =
      /^PITH_GRAPH_ANSWER_BYTES \(\d+\) must be at most an eighth of PITH_GRAPH_UNREAD_BYTES \(\d+\)/;
    expect(() => read("8000001", "64000000")).toThrow(contradiction);
    // Each alone with the other's default.
    expect(() => readConfig({ PITH_GRAPH_ANSWER_BYTES: "40000000" })).toThrow(contradiction);
    expect(() => readConfig({ PITH_GRAPH_UNREAD_BYTES: "64000000" })).toThrow(contradiction);
  });

  it("reads DATABASE_REPLICA_URLS as PostgreSQL addresses, and repeats none in an error", () => {
    const urls = ["postgres://reader@one/pith", "postgresql://reader@two/pith"];
    expect(readConfig({ DATABASE_REPLICA_URLS: ` ${urls.join(", ")} ` }).replicaUrls).toEqual(urls);
    expect(readConfig({ DATABASE_REPLICA_URLS: "" }).replicaUrls).toEqual([]);
    const wrong = () => readConfig({ DATABASE_REPLICA_URLS: `${urls[0]},http://reader:secret@two` });
    expect(wrong).toThrow(ConfigError);
    expect(wrong).toThrow(/^DATABASE_REPLICA_URLS must be addresses that begin with [^@]*$/);
    expect(() => readConfig({ PITH_GRAPH_REPLICA_SECONDS: "0" })).toThrow("from 1 to 3600");
  });

  it("rejects a database address whose password has an unescaped #, / or ?, without repeating it", () => {
    const read = (url: string) => readConfig({ DATABASE_URL: url }).databaseUrl;
    for (const url of [
      "postgres:///pith?host=/run/postgresql",
      "postgres://reader:secret@/pith?host=/run/postgresql",
      "postgresql://reader:12%23secret@[::1]:5432/pith?options=-c%20jit%3Doff&user=a@b",
    ]) {
      expect(read(url)).toBe(url);
    }
    for (const password of ["12#secret", "12/secret", "12?secret", "secret/2"]) {
      for (const name of ["DATABASE_URL", "DATABASE_REPLICA_URLS"]) {
        const wrong = () => readConfig({ [name]: `postgres://reader:${password}@host/pith` });
        expect(wrong).toThrow(ConfigError);
        expect(wrong).toThrow(new RegExp(`^${name} must [^@]*%23[^@]*$`));
        expect(wrong).not.toThrow(/secret/);
      }
    }
    expect(() => read("postgres://host:99999/pith")).toThrow(/^DATABASE_URL must be an address that begins/);
  });

  it("reads PITH_GRAPH_ALLOW_HOSTS as a list of hosts, and rejects URLs and paths", () => {
    const hosts = "localhost:4000, mirror.lan ::1";
    expect(readConfig({ PITH_GRAPH_ALLOW_HOSTS: hosts }).allowedHosts).toHaveLength(3);
    for (const wrong of ["http://x", "a/b", "u@x"]) {
      const read = () => readConfig({ PITH_GRAPH_ALLOW_HOSTS: `mirror.lan, ${wrong}` });
      expect(read).toThrow(ConfigError);
      expect(read).toThrow(`PITH_GRAPH_ALLOW_HOSTS: "${wrong}" is not a host`);
    }
  });

  it("prefers an option to its variable, and names the option if it is wrong", () => {
    expect(readConfig({ PORT: "1" }, { PORT: "2" }).port).toBe(2);
    expect(readConfig({ PORT: "1" }, { PORT: undefined }).port).toBe(1);
    expect(() => readConfig({}, { PORT: "abc" })).toThrow(
      '--port must be a whole number from 0 to 65535, not "abc".',
    );
    expect(() => readConfig({ PORT: "abc" })).toThrow(/^PORT must be/);
    expect(() => readConfig({}, { PORT: "" })).toThrow(/^--port must be/);
  });

  it.each([
    ["9464", { host: "127.0.0.1", port: 9464 }],
    ["0.0.0.0:1", { host: "0.0.0.0", port: 1 }],
    ["[::1]:0", { host: "::1", port: 0 }],
    ["metrics.lan:65535", { host: "metrics.lan", port: 65_535 }],
  ])("reads %s of PITH_GRAPH_METRICS as an address", (text, address) => {
    expect(readConfig({ PITH_GRAPH_METRICS: text }).metrics).toEqual(address);
  });

  it.each(["on", "65536", "::1", "[x]:1", "host:", ":1", "1.2.3.4:5:6"])(
    "rejects %s of PITH_GRAPH_METRICS",
    (text) => {
      expect(() => readConfig({ PITH_GRAPH_METRICS: text })).toThrow("PITH_GRAPH_METRICS must be a port");
    },
  );

  it("reads OTEL_EXPORTER_OTLP_HEADERS as pairs, and does not repeat wrong ones", () => {
    const { tracing } = readConfig({ OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20a, x-b=c=d" });
    expect(tracing.headers).toEqual({ authorization: "Bearer a", "x-b": "c=d" });
    for (const wrong of ["secret", "a=%", "a b=secret", "=secret", "a=x%0d%0aevil:1"]) {
      const read = () => readConfig({ OTEL_EXPORTER_OTLP_HEADERS: wrong });
      expect(read).toThrow("OTEL_EXPORTER_OTLP_HEADERS must be pairs like name=value, separated by commas.");
      expect(read).not.toThrow(/secret|evil/);
    }
  });
});

describe("effective settings", () => {
  it("have the origin of each value, and hide secrets", () => {
    const hash = "ab".repeat(32);
    const settings = effectiveSettings(
      {
        HOST: "  ",
        PORT: "1",
        DATABASE_URL: "postgres://user:geheim@db:5432/pith?sslpassword=geheim&sslmode=require",
        PITH_GRAPH_TOKENS: `ada:${hash}, ${hash}`,
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=geheim",
        OTEL_EXPORTER_OTLP_ENDPOINT: "https://user:geheim@traces.example",
      },
      { PORT: "2" },
    );
    const byName = Object.fromEntries(settings.map(({ name, ...rest }) => [name, rest]));
    expect(byName).toMatchObject({
      HOST: { value: "127.0.0.1", origin: "default" },
      PORT: { value: "2", origin: "option" },
      DATABASE_URL: {
        value: "postgres://user:***@db:5432/pith?sslpassword=***&sslmode=require",
        origin: "environment",
      },
      PITH_GRAPH_TOKENS: { value: "ada:***,***", origin: "environment" },
      PITH_GRAPH_KEYRING: { value: null, origin: "not set" },
    });
    expect(JSON.stringify(settings)).not.toMatch(/geheim|abab/);
  });

  it("do not include unknown PITH_GRAPH_ variables, which are reported with the nearest name", () => {
    const ofOthers = { PITH_GRAPH_URL: "x", PITH_GRAPH_ANALYST_PASSWORD: "x", PITH_GRAPH_DB_PASSWORD: "x" };
    const given = { PITH_GRAPH_TOKEN: "x", PITH_GRAPH_DATE: "x", ...ofOthers, OTHER: "x" };
    expect(unknownVariables(given)).toEqual([
      "PITH_GRAPH_DATE is not a setting of pith-graph. Did you mean PITH_GRAPH_DATA?",
      "PITH_GRAPH_TOKEN is not a setting of pith-graph. Did you mean PITH_GRAPH_TOKENS?",
    ]);
    expect(unknownVariables({ "PITH_GRAPH_\u001b[2J": "x" })[0]).toMatch(
      /^PITH_GRAPH_\\u001b\[2J is not a setting/,
    );
  });
});

describe("declared variables", () => {
  const all = topics.flatMap(({ variables }) => Object.values(variables));

  it("have unique names, and defaults that can be read", () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    const defaults = Object.fromEntries(all.map((variable) => [variable.name, variable.default]));
    expect(readConfig(defaults)).toEqual(readConfig({}));
  });

  it("are all in docs/configuration.md as declared", () => {
    const page = readFileSync(new URL("../docs/configuration.md", import.meta.url), "utf8");
    expect(page).toBe(withTables(page));
  });
});
