import { once } from "node:events";
import type pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  drainQueue,
  enqueue,
  type Fault,
  finishedChannel,
  type NewSubmission,
  runWorker,
  type SubmissionOutcome,
  workBatch,
} from "../../src/submissions/index.ts";
import { pruneFinished, recordFault } from "../../src/submissions/queue.ts";

import { createTestDatabase, type TestDatabase } from "../database.ts";
import { keyring } from "../protocol/signed-events.ts";
import { counts, openSite, paper, statuses, work } from "./site.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

function submission(text: string): NewSubmission {
  return {
    id: crypto.randomUUID(),
    token: "0".repeat(16),
    minimumProof: "signed",
    bytes: Buffer.from(text),
  };
}

/** `wait` resolves once no submission is queued. Call this before they can be finished. */
async function allFinished(): Promise<{ wait(): Promise<void>; end(): void }> {
  const client = await database.pool.connect();
  await client.query(`LISTEN ${finishedChannel}`);
  return {
    wait: async () => {
      for (;;) {
        const notification = once(client, "notification");
        const { rows } = await client.query("SELECT 1 FROM submissions WHERE status = 'queued' LIMIT 1");
        if (rows.length === 0) return;
        await notification;
      }
    },
    end: () => client.release(true),
  };
}

async function submissionRow(id: string) {
  const { rows } = await database.pool.query<{
    status: string;
    attempts: number;
    error_code: string | null;
    error_message: string | null;
    document: Buffer | null;
    is_due: boolean;
  }>("SELECT *, not_before <= now() AS is_due FROM submissions WHERE submission_id = $1", [id]);
  return rows[0];
}

const makeDue = () => database.pool.query("UPDATE submissions SET not_before = now()");

describe("the queue", () => {
  it("merges 1,000 concurrent submissions of the same document into one paper with three workers", async () => {
    const { text } = paper(1);
    const finished = await allFinished();
    const outcomes: SubmissionOutcome[] = [];
    const options = {
      batchDocuments: 50,
      onBatch: (batch: readonly SubmissionOutcome[]) => outcomes.push(...batch),
    };
    const stops = [1, 2, 3].map(() => work(database, options));
    await Promise.all(
      Array.from({ length: 100 }, () =>
        enqueue(
          database.pool,
          Array.from({ length: 10 }, () => submission(text)),
        ),
      ),
    );
    await finished.wait();
    finished.end();
    await Promise.all(stops.map((stop) => stop()));
    expect(await statuses(database)).toEqual({ merged: 1000 });
    expect(await counts(database)).toMatchObject({ papers: 1, events: 2, quarantine: 0 });
    // Each was finished by one worker.
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(1000);
    expect(outcomes).toHaveLength(1000);
  });

  it("answers 300 concurrent requests with the same document with MERGED and different ids", async () => {
    const site = await openSite();
    const stop = site.work();
    const { text, pithNumber } = paper(1);
    const answers = await Promise.all(Array.from({ length: 300 }, () => site.post(text, {}, "?wait=30")));
    for (const answer of answers) expect(answer.answers).toMatchObject([{ status: "MERGED", pithNumber }]);
    expect(new Set(answers.map((answer) => answer.answers[0]?.id)).size).toBe(300);
    expect(await counts(site.database)).toMatchObject({ submissions: 300, papers: 1, events: 2 });
    await stop();
    await site.close();
  });

  it("hands out each submission to one of two workers, even if they have the same papers", async () => {
    const submissions = Array.from({ length: 300 }, (_, index) => submission(paper(index % 40).text));
    await enqueue(database.pool, submissions);
    const processed: SubmissionOutcome[] = [];
    const faults: Fault[] = [];
    const options = {
      keyring,
      batchDocuments: 7,
      onBatch: (batch: readonly SubmissionOutcome[]) => processed.push(...batch),
      onFault: (fault: Fault) => faults.push(fault),
    };
    await Promise.all([drainQueue(database, options), drainQueue(database, options)]);
    expect(faults).toEqual([]);
    expect(processed.map(({ id }) => id).sort()).toEqual(submissions.map(({ id }) => id).sort());
    expect((await counts(database)).papers).toBe(40);
  });

  it("deletes a document's text once the submission is finished, and not before", async () => {
    const one = submission(paper(1).text);
    await enqueue(database.pool, [one]);
    expect((await submissionRow(one.id))?.document).toEqual(one.bytes);
    await workBatch(database, { keyring });
    expect(await submissionRow(one.id)).toMatchObject({ status: "merged", document: null, attempts: 1 });
  });

  it("deletes submissions that finished more than a month ago, but not failed ones", async () => {
    const [old, failed, recent] = [submission("{"), submission("{"), submission("{")];
    await enqueue(database.pool, [old, failed, recent]);
    await drainQueue(database, { keyring });
    await database.pool.query(
      "UPDATE submissions SET not_before = now() - interval '31 days' WHERE submission_id = ANY($1)",
      [[old.id, failed.id]],
    );
    await database.pool.query("UPDATE submissions SET status = 'failed' WHERE submission_id = $1", [
      failed.id,
    ]);
    await pruneFinished(database.pool);
    const { rows } = await database.pool.query<{ submission_id: string }>(
      "SELECT submission_id FROM submissions",
    );
    expect(rows.map((row) => row.submission_id).sort()).toEqual([failed.id, recent.id].sort());
  });

  it("wakes an idle worker on commit; a worker that is stopped finishes its batch", async () => {
    const finished = await allFinished();
    let listening = () => {};
    const isListening = new Promise<void>((resolve) => {
      listening = resolve;
    });
    const stop = work(database, { onListening: () => listening() });
    await isListening;
    const one = submission(paper(1).text);
    await enqueue(database.pool, [one]);
    await finished.wait();
    finished.end();
    await stop();
    const controller = new AbortController();
    await enqueue(database.pool, [submission(paper(2).text)]);
    await runWorker(database, {
      keyring,
      signal: controller.signal,
      // While the batch is under way: its outcome is not committed yet.
      onBatch: () => controller.abort(),
    });
    expect(await statuses(database)).toEqual({ merged: 2 });
  });
});

describe("after a fault", () => {
  /** Makes each insert into the log run the statement, which fails. */
  async function breakLog(statement: string): Promise<void> {
    await database.pool.query(`
      CREATE FUNCTION break_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${statement} RETURN NEW; END $$;
      CREATE TRIGGER break_log BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION break_log()`);
  }
  const repairLog = () => database.pool.query("DROP FUNCTION break_log CASCADE");

  it.each(["40001", "40P01", "53100", "57P03", "23505", "23514", "22P02", "54001", "XX001"])(
    "with SQLSTATE %s submissions stay queued, and are merged by a later attempt",
    async (code) => {
      await breakLog(`RAISE EXCEPTION 'broken on purpose' USING ERRCODE = '${code}';`);
      const submissions = [submission(paper(1).text), submission(paper(2).text)];
      await enqueue(database.pool, submissions);
      const faults: Fault[] = [];
      const options = { keyring, onFault: (fault: Fault) => faults.push(fault) };
      await workBatch(database, options);
      expect(faults).toEqual([{ code, message: "broken on purpose", isInfrastructure: true }]);
      for (const { id } of submissions) {
        expect(await submissionRow(id)).toMatchObject({
          status: "queued",
          attempts: 1,
          error_code: code,
          error_message: "broken on purpose",
        });
      }
      await repairLog();
      await makeDue();
      await drainQueue(database, options);
      for (const { id } of submissions) {
        expect(await submissionRow(id)).toMatchObject({ status: "merged", attempts: 2, error_code: null });
      }
      expect((await counts(database)).papers).toBe(2);
    },
  );

  it("of the database, 20 times in a row, a submission stays queued, and is merged once the database works", async () => {
    await breakLog("RAISE EXCEPTION 'broken on purpose' USING ERRCODE = '53100';");
    const one = submission(paper(1).text);
    await enqueue(database.pool, [one]);
    const attempts: number[] = [];
    for (let attempt = 1; attempt <= 20; attempt++) {
      await makeDue();
      await workBatch(database, { keyring });
      const row = await submissionRow(one.id);
      expect(row).toMatchObject({ status: "queued", error_code: "53100", document: one.bytes });
      attempts.push(row?.attempts ?? 0);
    }
    // Attempts count up to 8: enough for the pause to grow, too few to suspect the document of ending its workers.
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, ...Array.from({ length: 12 }, () => 8)]);
    await repairLog();
    await makeDue();
    await drainQueue(database, { keyring });
    expect(await statuses(database)).toEqual({ merged: 1 });
  });

  it("that is a defect, four times in a row, a submission fails, however often the database failed before", async () => {
    const one = submission(paper(1).text);
    await enqueue(database.pool, [one]);
    const meet = async (fault: Fault) => {
      await database.pool.query("UPDATE submissions SET attempts = attempts + 1");
      await recordFault(database.pool, [one.id], fault);
      return (await submissionRow(one.id))?.status;
    };
    const away = { code: "57P01", message: "away", isInfrastructure: true };
    const defect = { code: "DEFECT", message: "TypeError", isInfrastructure: false };
    for (let attempt = 0; attempt < 10; attempt++) expect(await meet(away)).toBe("queued");
    for (let attempt = 0; attempt < 3; attempt++) expect(await meet(defect)).toBe("queued");
    expect(await meet(away)).toBe("queued");
    for (let attempt = 0; attempt < 3; attempt++) expect(await meet(defect)).toBe("queued");
    expect(await meet(defect)).toBe("failed");
  });

  it("that ended 12 workers a submission fails with WORKER_ENDED", async () => {
    const one = submission(paper(1).text);
    await enqueue(database.pool, [one]);
    await database.pool.query("UPDATE submissions SET attempts = 12");
    await drainQueue(database, { keyring });
    expect(await submissionRow(one.id)).toMatchObject({ status: "failed", error_code: "WORKER_ENDED" });
  });

  it.each(["ingests the batch", "locks the rows"])(
    "of the connection with which the worker %s the batch is merged, and the worker continues",
    async (role) => {
      // The ingest of the batch waits for this lock, so that the moment is known.
      const holder = await database.pool.connect();
      await holder.query("BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
      const finished = await allFinished();
      let faults = 0;
      let faulty = () => {};
      const hasFault = new Promise<void>((resolve) => {
        faulty = resolve;
      });
      const onFault = () => {
        faults++;
        faulty();
      };
      const stop = work(database, { onFault });
      await enqueue(database.pool, [submission(paper(1).text)]);
      const killed = await terminate(holder, role === "ingests the batch" ? "granted_no" : "idle");
      expect(killed).toBe(1);
      if (role === "ingests the batch") await hasFault;
      await holder.query("ROLLBACK");
      holder.release();
      await hasFault;
      await makeDue();
      await finished.wait();
      expect(faults).toBeGreaterThan(0);
      // It still listens, or listens again.
      await enqueue(database.pool, [submission(paper(2).text)]);
      await finished.wait();
      finished.end();
      await stop();
      expect(await statuses(database)).toEqual({ merged: 2 });
      expect((await counts(database)).papers).toBe(2);
    },
  );

  /** Terminates the session that waits for the table events, or the one that has locked rows of submissions. */
  async function terminate(client: pg.ClientBase, which: "granted_no" | "idle"): Promise<number> {
    for (;;) {
      const { rows: waiting } = await client.query<{ pid: number }>(
        "SELECT pid FROM pg_locks WHERE relation = 'events'::regclass AND NOT granted",
      );
      if (waiting.length === 0) continue;
      const { rowCount } = await client.query(
        which === "granted_no"
          ? "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 'events'::regclass AND NOT granted"
          : `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE state = 'idle in transaction' AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL
               AND pid IN (SELECT pid FROM pg_locks WHERE relation = 'submissions'::regclass)`,
      );
      return rowCount ?? 0;
    }
  }

  it("of the worker's listening connection it listens again", async () => {
    let listened = 0;
    let again = () => {};
    const twice = new Promise<void>((resolve) => {
      again = resolve;
    });
    const finished = await allFinished();
    const ids = async () =>
      (
        await database.pool.query<{ pid: number }>(
          `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN pith_graph_submissions'`,
        )
      ).rows;
    let first = () => {};
    const once = new Promise<void>((resolve) => {
      first = resolve;
    });
    const stop = work(database, {
      onListening: () => {
        listened++;
        if (listened === 1) first();
        else again();
      },
    });
    await once;
    const [{ pid } = { pid: 0 }] = await ids();
    await database.pool.query("SELECT pg_terminate_backend($1)", [pid]);
    await twice;
    await enqueue(database.pool, [submission(paper(1).text)]);
    await finished.wait();
    finished.end();
    await stop();
    expect(await statuses(database)).toEqual({ merged: 1 });
  });

  it("of the server's listening connection requests are still answered", async () => {
    const site = await openSite();
    const stop = site.work();
    expect((await site.post(paper(1).text)).answers).toMatchObject([{ status: "MERGED" }]);
    const { rowCount } = await site.database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND query = 'LISTEN ${finishedChannel}'`,
    );
    expect(rowCount).toBe(1);
    expect((await site.post(paper(2).text)).answers).toMatchObject([{ status: "MERGED" }]);
    await stop();
    await site.close();
  });
});
