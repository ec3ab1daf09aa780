import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { validate } from "dockerfile-utils";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { createProgram } from "../src/cli/program.ts";
import { readConfig } from "../src/config.ts";

// No Docker engine runs these files here: they are held against the Dockerfile's grammar and against what they name.

test("the Dockerfile is well-formed, and what it copies is there", async () => {
  const dockerfile = await readFile("Dockerfile", "utf8");
  expect(validate(dockerfile)).toEqual([]);
  const copied = [...dockerfile.matchAll(/^COPY (?:--chown=\S+ )?(?!--from)(.+) \S+$/gm)].flatMap(
    ([, paths]) => (paths ?? "").split(" "),
  );
  expect(copied.length).toBeGreaterThan(5);
  for (const path of copied) expect(existsSync(path), path).toBe(true);
  expect(dockerfile).toMatch(/^USER node$/m);
});

test("docker-compose.yml runs a command of ours with settings that we read", async () => {
  const compose = parse(await readFile("docker-compose.yml", "utf8"));
  expect(Object.keys(compose.services)).toEqual(["database", "api"]);
  expect(compose.services.database.image).toBe("postgres:18");
  const { environment, depends_on: dependsOn } = compose.services.api;
  expect(dependsOn.database.condition).toBe("service_healthy");
  // As compose fills them in where the environment says nothing.
  const filled: Record<string, string> = Object.fromEntries(
    Object.entries<string>(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{\w+:-(\w*)\}/g, "$1"),
    ]),
  );
  const url = filled["DATABASE_URL"] ?? "";
  const config = readConfig(filled);
  expect(config).toMatchObject({
    host: "0.0.0.0",
    port: 4000,
    databaseUrl: "postgres://pith:pith@database:5432/pith_graph",
  });
  const { POSTGRES_USER: user, POSTGRES_DB: name } = compose.services.database.environment;
  expect(url).toContain(`//${user}:`);
  expect(url.endsWith(`/${name}`)).toBe(true);
  const command = /^CMD \["(\w+)"\]$/m.exec(await readFile("Dockerfile", "utf8"))?.[1];
  expect((await createProgram()).commands.map((known) => known.name())).toContain(command);
});
