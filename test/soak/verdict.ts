import { setTimeout as pause } from "node:timers/promises";
import { runCli } from "../cli/run-cli.ts";
import type { Acknowledged } from "./client.ts";
import type { Site, Stage } from "./stage.ts";

/** Resolves once no submission is queued, and the mirror is at the end of the source's feed. */
export async function settled(stage: Stage): Promise<void> {
  const end = performance.now() + 180_000;
  for (;;) {
    const queued = await Promise.all([stage.mirror, stage.source].map(queuedOf));
    const [followed] = await rowsOf<{ position: string }>(
      stage.mirror,
      "SELECT position FROM followed_mirrors",
    );
    const [head] = await rowsOf<{ position: string }>(
      stage.source,
      "SELECT max(position) AS position FROM changes",
    );
    if (queued.every((count) => count === 0) && followed?.position === head?.position) return;
    if (performance.now() > end) {
      throw new Error(
        `It did not settle: ${queued.join(" and ")} submissions are queued, and the mirror is at ${followed?.position} of ${head?.position}.`,
      );
    }
    await pause(500);
  }
}

async function queuedOf(site: Site): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    site,
    "SELECT count(*)::int AS count FROM submissions WHERE status = 'queued'",
  );
  return row?.count ?? 0;
}

async function rowsOf<Row extends object>(
  { database }: Site,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return (await database.pool.query<Row>(text, values)).rows;
}

/** A line for each check; `faults` has the lines of those that failed. */
export type Verdict = { readonly lines: string[]; readonly faults: string[] };

/** Compares the tables with the acknowledged submissions. */
export async function judge(
  stage: Stage,
  acknowledged: Readonly<Record<Site["name"], Acknowledged>>,
): Promise<Verdict> {
  const lines: string[] = [];
  const faults: string[] = [];
  const check = (line: string, isRight: boolean) => {
    lines.push(line);
    if (!isRight) faults.push(line);
  };
  for (const site of [stage.mirror, stage.source]) {
    const { ids, papers } = acknowledged[site.name];
    const merged = await rowsOf(
      site,
      "SELECT FROM submissions WHERE submission_id = ANY($1::uuid[]) AND status = 'merged'",
      [ids],
    );
    check(
      `${site.name}: of ${ids.length} submissions acknowledged ${merged.length} are merged, ${ids.length - merged.length} missing`,
      merged.length === ids.length,
    );
    const numbers = papers.map(({ pithNumber }) => pithNumber);
    const stored = await rowsOf(site, "SELECT FROM papers WHERE pith_number = ANY($1)", [numbers]);
    check(
      `${site.name}: of ${papers.length} papers in them ${stored.length} are stored, ${papers.length - stored.length} missing`,
      stored.length === papers.length,
    );
    const refused = await rowsOf(site, "SELECT FROM quarantine");
    check(`${site.name}: ${refused.length} documents or events in quarantine`, refused.length === 0);
    const { status, stderr } = await runCli(["check", "--keyring", stage.keyring], {
      env: stage.environmentOf(site),
    });
    check(`${site.name}: check: ${stderr.trim().split("\n").at(-1)}`, status === 0);
  }
  const states = "SELECT pith_number, encode(state_sha256, 'hex') AS state FROM records";
  const theirs = await rowsOf<{ pith_number: string; state: string }>(stage.source, states);
  const ours = new Map(
    (await rowsOf<{ pith_number: string; state: string }>(stage.mirror, states)).map((row) => [
      row.pith_number,
      row.state,
    ]),
  );
  const same = theirs.filter(({ pith_number, state }) => ours.get(pith_number) === state).length;
  check(
    `sync: ${same} of the source's ${theirs.length} papers are in the mirror, in the same state`,
    same === theirs.length,
  );
  const { recoveries, kills } = { recoveries: stage.server.recoveries(), kills: stage.server.kills };
  check(`PostgreSQL: killed ${kills} times, recovered ${recoveries} times`, recoveries === kills);
  for (const [name, process] of Object.entries({ mirror: stage.mirror.serve, source: stage.source.serve })) {
    check(
      `${name}: the API ended by itself ${process.unexpectedExits.length} times${process.unexpectedExits.map(({ how, output }) => `\n${how}: ${output}`).join("")}`,
      process.unexpectedExits.length === 0,
    );
    const defects = process.output
      .split("\n")
      .filter((line) => /TypeError|RangeError|DEFECT|[Uu]nhandled|MaxListeners/.test(line));
    check(
      `${name}: ${defects.length} defects in its output${defects
        .slice(0, 3)
        .map((line) => `\n${line}`)
        .join("")}`,
      defects.length === 0,
    );
  }
  return { lines, faults };
}
