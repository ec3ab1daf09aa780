import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type KeyringEntry, keyringEntries } from "../../src/protocol/index.ts";
import { drainQueue } from "../../src/submissions/index.ts";
import { isLong, longTest } from "../long.ts";
import { keyring } from "../protocol/signed-events.ts";
import { databaseUrl } from "../server-connection.ts";
import { counts, openSite, paper, type Site, statuses } from "./site.ts";

let site: Site;
const children: ChildProcess[] = [];

beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  // Any that a failed test left running.
  for (const child of children) child.kill("SIGKILL");
  await site.close();
});
beforeEach(async () => {
  await site.database.pool.query("TRUNCATE submissions");
});

/** The argument of worker-child.mjs. */
type WorkerChildOptions = {
  readonly url: string;
  readonly keys: readonly KeyringEntry[];
  readonly batchDocuments: number;
  /** The batch at which it hangs: its documents are ingested, its outcomes not committed. */
  readonly hangAtBatch: number;
};

type Child = { readonly process: ChildProcess; readonly lines: AsyncIterator<string> };

async function startChild(batchDocuments: number, hangAtBatch = 0): Promise<Child> {
  const options: WorkerChildOptions = {
    url: databaseUrl(site.database.connection),
    keys: keyringEntries(keyring),
    batchDocuments,
    hangAtBatch,
  };
  const script = fileURLToPath(new URL("worker-child.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("listening");
  return { process: child, lines };
}

async function kill({ process: child }: Child): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
}

/** Submits papers, and returns once they are acknowledged. */
async function submit(from: number, count: number): Promise<string[]> {
  const papers = Array.from({ length: count }, (_, index) => paper(from + index));
  const { status, answers } = await site.post(papers.map(({ text }) => text).join("\n"), {}, "?wait=0");
  expect(status).toBe(202);
  expect(answers.filter(({ id }) => id !== null)).toHaveLength(count);
  return papers.map(({ pithNumber }) => pithNumber);
}

async function storedPapers(pithNumbers: readonly string[]): Promise<number> {
  const { rows } = await site.database.pool.query("SELECT 1 FROM papers WHERE pith_number = ANY($1)", [
    pithNumbers,
  ]);
  return rows.length;
}

/** Runs a new worker after making the rows due. */
async function recover(): Promise<void> {
  for (;;) {
    await site.database.pool.query("UPDATE submissions SET not_before = now() WHERE status = 'queued'");
    await drainQueue(site.database, { keyring });
    // A session of the killed worker may lock rows until PostgreSQL notices that its client is gone.
    if ((await statuses(site.database))["queued"] === undefined) return;
  }
}

const lock = 4_711;

/**
 * At each moment the worker waits for a lock of the test, and is killed. `attempts` and `papers` are the expected
 * values then.
 */
const moments = [
  {
    name: "while it claims a batch",
    from: 0,
    on: "submissions",
    when: "WHEN (NEW.attempts > OLD.attempts)",
    event: "UPDATE",
    attempts: 0,
    papers: 0,
  },
  {
    name: "before anything of the batch is committed",
    from: 100,
    on: "events",
    when: "",
    event: "INSERT",
    attempts: 1,
    papers: 0,
  },
  {
    name: "after the documents are committed, before their outcome is",
    from: 200,
    on: "submissions",
    when: "WHEN (NEW.status = 'merged')",
    event: "UPDATE",
    attempts: 1,
    papers: 20,
  },
].slice(isLong ? 0 : -1);

test.each(moments)(
  "all acknowledged documents are merged after the worker is killed $name",
  async (moment) => {
    const { pool } = site.database;
    await pool.query(`
    CREATE FUNCTION pause_here() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${lock}); RETURN NEW; END $$;
    CREATE TRIGGER pause_here BEFORE ${moment.event} ON ${moment.on} FOR EACH ROW ${moment.when}
      EXECUTE FUNCTION pause_here()`);
    const holder = await pool.connect();
    await holder.query("SELECT pg_advisory_lock($1)", [lock]);
    const child = await startChild(20);
    const pithNumbers = await submit(moment.from, 20);
    for (;;) {
      const { rows } = await holder.query(
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted",
        [lock],
      );
      if (rows.length > 0) break;
    }
    await kill(child);
    // Nothing has changed: there is no worker.
    expect(await statuses(site.database)).toEqual({ queued: 20 });
    expect(await storedPapers(pithNumbers)).toBe(moment.papers);
    const { rows } = await holder.query("SELECT DISTINCT attempts FROM submissions");
    expect(rows).toEqual([{ attempts: moment.attempts }]);
    await holder.query("SELECT pg_advisory_unlock($1)", [lock]);
    holder.release();
    await recover();
    await pool.query("DROP FUNCTION pause_here CASCADE");
    expect(await statuses(site.database)).toEqual({ merged: 20 });
    expect(await storedPapers(pithNumbers)).toBe(20);
  },
);

longTest(
  "all acknowledged documents are merged after four workers are killed while documents arrive",
  async () => {
    const kills = 4;
    const acknowledged: string[] = [];
    let isOver = false;
    const submitting = (async () => {
      for (let from = 1_000; from < 1_400 && !isOver; from += 10)
        acknowledged.push(...(await submit(from, 10)));
    })();
    for (let nth = 1; nth <= kills; nth++) {
      // In the middle of its nth batch: ingested, its outcome not committed.
      const child = await startChild(3, nth);
      for (let batch = 1; batch <= nth; batch++)
        expect(Number((await child.lines.next()).value)).toBeGreaterThan(0);
      await kill(child);
    }
    isOver = true;
    await submitting;
    await recover();
    expect(await statuses(site.database)).toEqual({ merged: acknowledged.length });
    expect(await storedPapers(acknowledged)).toBe(acknowledged.length);
    const { rows } = await site.database.pool.query("SELECT 1 FROM submissions WHERE attempts > 1");
    expect(rows.length).toBeGreaterThan(0);
    expect((await counts(site.database)).quarantine).toBe(0);
  },
);
