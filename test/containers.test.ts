import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { validate } from "dockerfile-utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { createProgram } from "../src/cli/program.ts";
import { readConfig, topics } from "../src/config/index.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { freePort } from "./free-port.ts";
import { databaseUrl } from "./server-connection.ts";
import { sha256, token } from "./submissions/site.ts";

// There is no Docker engine here: these tests check the files' grammar and references, and run the commands of our own
// services.

type Service = {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }> | string[];
};
type Compose = { services: Record<string, Service>; volumes?: Record<string, null> };

const dockerfile = readFileSync("Dockerfile", "utf8");
/** The first is complete; each other one is merged over it. */
const files = ["docker-compose.yml", "monitoring", "replicas", "citus"].map((name) =>
  name.endsWith(".yml") ? name : `docker-compose.${name}.yml`,
);

/** A file with its variables' defaults. */
function readCompose(file: string): Compose {
  const text = readFileSync(file, "utf8").replace(/\$\{\w+:-(\w*)\}/g, "$1");
  expect(text, "each variable has a default").not.toContain("${");
  // `!override` is compose's tag: the value replaces that of the base file.
  const tags = [{ tag: "!override", collection: "seq" as const }];
  return parse(text, { merge: true, customTags: tags as never }) as Compose;
}

const base = readCompose("docker-compose.yml");

/** `ENTRYPOINT ["a", "b"]` as a list. */
function instruction(name: string): string[] {
  return JSON.parse(new RegExp(`^${name} (\\[.*\\])$`, "m").exec(dockerfile)?.[1] ?? "[]");
}

test("the Dockerfile is valid, copies existing files, and runs as the user node", async () => {
  expect(validate(dockerfile)).toEqual([]);
  const copied = [...dockerfile.matchAll(/^COPY (?:--chown=\S+ )?(?!--from)(.+) \S+$/gm)].flatMap(
    ([, paths]) => (paths ?? "").split(" "),
  );
  expect(copied.length).toBeGreaterThan(5);
  for (const path of copied) expect(existsSync(path), path).toBe(true);
  expect(dockerfile).toMatch(/^USER node$/m);
  const known = (await createProgram()).commands.map((command) => command.name());
  expect(known).toContain(instruction("CMD")[0]);
});

describe.each(files)("%s", (file) => {
  const compose = readCompose(file);
  const services = { ...base.services, ...compose.services };
  const all = Object.entries(compose.services);

  test("names only existing volumes, services and files", () => {
    const volumes = { ...base.volumes, ...compose.volumes };
    for (const [name, { volumes: mounted = [], depends_on: others = {} }] of all) {
      const { image, build } = { ...base.services[name], ...compose.services[name] };
      expect(image ?? build, name).toBeDefined();
      for (const mount of mounted) {
        const [source = ""] = mount.split(":");
        expect(source.startsWith("./") ? existsSync(source) : source in volumes, mount).toBe(true);
      }
      const awaited = Array.isArray(others) ? others : Object.keys(others);
      for (const other of awaited) expect(services[other], other).toBeDefined();
      for (const [other, { condition }] of Array.isArray(others) ? [] : Object.entries(others)) {
        const target = { ...base.services[other], ...compose.services[other] };
        if (condition === "service_healthy") expect(target.healthcheck, other).toBeDefined();
      }
    }
  });

  test("publishes ports on 127.0.0.1 only", () => {
    for (const [, { ports = [] }] of all) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test("runs existing commands with known settings", async () => {
    const known = topics.flatMap(({ variables }) => Object.values(variables).map(({ name }) => name));
    for (const name of ["api", "worker"]) {
      const { environment = {}, command } = { ...base.services[name], ...compose.services[name] };
      expect((await createProgram()).commands.map((each) => each.name())).toContain(command?.[0]);
      expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([]);
      expect(() => readConfig({ ...base.services[name]?.environment, ...environment })).not.toThrow();
    }
  });
});

test("the API and the worker have the database's user, password and name", () => {
  const {
    POSTGRES_USER: user,
    POSTGRES_DB: name,
    POSTGRES_PASSWORD: password,
  } = base.services["database"]?.environment ?? {};
  for (const service of ["api", "worker"]) {
    expect(base.services[service]?.environment?.["DATABASE_URL"]).toBe(
      `postgres://${user}:${password}@database:5432/${name}`,
    );
  }
  expect(base.services["database"]?.image).toBe("postgres:18");
});

test("Prometheus scrapes the services' metrics ports, and Grafana queries Prometheus", () => {
  const monitoring = readCompose("docker-compose.monitoring.yml");
  const {
    scrape_configs: [scrape],
  } = parse(readFileSync("deploy/prometheus/prometheus.yml", "utf8"));
  const [{ names, port }] = scrape.dns_sd_configs;
  expect(names).toEqual(["api", "worker"]);
  for (const name of names as string[]) {
    const { environment = {} } = monitoring.services[name] ?? {};
    expect(readConfig(environment).metrics).toEqual({ host: "0.0.0.0", port });
    expect(base.services[name]?.ports?.join() ?? "").not.toContain(String(port));
  }
  const folder = "deploy/grafana/provisioning";
  const {
    datasources: [source],
  } = parse(readFileSync(`${folder}/datasources/prometheus.yml`, "utf8"));
  expect(monitoring.services[new URL(source.url).hostname]).toBeDefined();
  const {
    providers: [provider],
  } = parse(readFileSync(`${folder}/dashboards/pith-graph.yml`, "utf8"));
  expect(monitoring.services["grafana"]?.volumes).toContain(
    `./deploy/grafana/dashboards:${provider.options.path}:ro`,
  );
  const dashboard = JSON.parse(readFileSync("deploy/grafana/dashboards/pith-graph.json", "utf8"));
  const used = JSON.stringify(dashboard).match(/"uid":"prometheus"/g) ?? [];
  expect(used.length).toBeGreaterThan(dashboard.panels.length);
  expect(source.uid).toBe("prometheus");
});

test.each(["allow-replicas.sh", "start-replica.sh"])(
  "deploy/postgres/%s is valid for bash -n",
  async (name) => {
    const checking = spawn("bash", ["-n", `deploy/postgres/${name}`]);
    expect(await once(checking, "close")).toEqual([0, null]);
  },
);

describe("the commands of our services", () => {
  let database: TestDatabase;
  /** Replacements for the ports in the files, which other programs may use. */
  const ports = new Map<string, string>();

  beforeAll(async () => {
    database = await createTestDatabase();
    for (const port of ["4000", "9464"]) ports.set(port, String(await freePort()));
  });
  afterAll(() => database.drop());

  const withPorts = (text: string) => text.replace(/\b(?:4000|9464)\b/g, (port) => ports.get(port) ?? port);

  /** Starts the command of a service's container, and resolves once it is ready. */
  async function start(name: string) {
    const { environment = {}, command = instruction("CMD") } = base.services[name] as Service;
    const image =
      /^ENV (.*)$/m
        .exec(dockerfile)?.[1]
        ?.split(" ")
        .map((pair) => pair.split("=")) ?? [];
    const given = { ...Object.fromEntries(image), ...environment };
    const env = {
      PATH: process.env["PATH"],
      ...Object.fromEntries(Object.entries(given).map(([key, value]) => [key, withPorts(String(value))])),
      DATABASE_URL: databaseUrl(database.connection),
      PITH_GRAPH_TOKENS: sha256(token).toString("hex"),
      HOST: "127.0.0.1",
    };
    const [program = "", ...args] = [...instruction("ENTRYPOINT"), ...command];
    const child = spawn(program, args, { env, stdio: ["ignore", "inherit", "pipe"] });
    let output = "";
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (/"msg":"(?:listening|Processing)/.test(output)) resolve();
      });
      child.on("close", (status) => reject(new Error(`${name} ended with ${status}: ${output}`)));
    });
    return child;
  }

  /** The exit status of the service's health check, else of the image's. */
  async function check(name: string): Promise<unknown> {
    const [, ...words] = base.services[name]?.healthcheck?.test ?? ["CMD", ...instruction("CMD")];
    const checked = /^ {2}CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? "[]";
    const command =
      base.services[name]?.healthcheck === undefined ? (JSON.parse(checked) as string[]) : words;
    const [program = "", ...args] = command.map(withPorts);
    const [status] = await once(spawn(program, args, { stdio: "inherit" }), "close");
    return status;
  }

  test("process a submission, are healthy, and stop with status 0 on SIGTERM", async () => {
    const api = await start("api");
    const worker = await start("worker");
    expect(await Promise.all([check("api"), check("worker")])).toEqual([0, 0]);
    const response = await fetch(`http://127.0.0.1:${ports.get("4000")}/ingest?wait=30`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: "{}",
    });
    // The worker, a separate process, has rejected it.
    expect([response.status, await response.text()]).toEqual([422, expect.stringContaining("REJECTED")]);
    const ended = [api, worker].map((child) => once(child, "close"));
    for (const child of [api, worker]) child.kill("SIGTERM");
    expect(await Promise.all(ended)).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(await check("api")).toBe(1);
  });
});
