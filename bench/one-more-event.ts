import { ingestBatch } from "../src/ingest/pipeline.ts";
import {
  canonicalJson,
  createKeyring,
  type JsonObject,
  type PithNumber,
  sha256OfValue,
  suffixOfDigest,
} from "../src/protocol/index.ts";
import { type Database, openDatabase } from "../src/store/index.ts";
import { keys, receiptOf, registry, signedEvent, snapshotPayload } from "../test/protocol/signed-events.ts";
import { startBenchServer } from "./bench-server.ts";
import { median } from "./measure.ts";
import { postgresSeconds } from "./processor-time.ts";

const eventCount = 10_000;
/** The number of documents of each kind. */
const rounds = 15;

type Event = ReturnType<typeof signedEvent>;

/** A paper with its events so far, oldest first. */
type Paper = { readonly pithNumber: PithNumber; readonly record: JsonObject; readonly events: Event[] };

/** The kinds of additional events. */
const kinds = {
  newest: (paper: Paper) => correction(paper, { at: eventCount + paper.events.length }),
  "newest, linked": (paper: Paper) =>
    correction(paper, { at: eventCount + paper.events.length, prev: lastOf(paper) }),
  "in the middle": (paper: Paper) => correction(paper, { at: eventCount / 2 }),
  superseding: (paper: Paper) => {
    const superseded = paper.events[100 + paper.events.length - eventCount] as Event;
    return correction(paper, { at: eventCount + paper.events.length, supersedes: superseded });
  },
  fork: (paper: Paper) => {
    const previous = paper.events[paper.events.length - eventCount + 1_000] as Event;
    return correction(paper, { at: eventCount + paper.events.length, prev: previous });
  },
};

/**
 * `npm run bench -- one-more-event`: the cost of a document with one event for a paper with 10,000 stored events, in
 * this process and in PostgreSQL. Warm: the process has written to the paper before; cold: it has not.
 */
export async function run(): Promise<void> {
  const server = await startBenchServer();
  try {
    for (const form of ["independent", "chain"] as const) {
      const database = await server.createDatabase(form);
      const paper = paperOf(form);
      await ingest(database, bundleOf(paper, paper.events));
      await database.pool.query("VACUUM ANALYZE");
      console.log(
        `\n${eventCount.toLocaleString("en-US")} events, ${form}: milliseconds of CPU, medians of ${rounds}`,
      );
      console.log(`${"one more event".padEnd(24)}${["warm", "cold", "PostgreSQL"].map(cell).join("")}`);
      for (const [name, make] of Object.entries(kinds)) {
        const warm: number[] = [];
        const cold: number[] = [];
        const before = await postgresSeconds(database.pool);
        await addOne(database, paper, make);
        for (let round = 0; round < rounds; round++) warm.push(await addOne(database, paper, make));
        for (let round = 0; round < rounds; round++) {
          const other = openDatabase({ connection: database.settings });
          // So that no connection is opened within the measured time.
          await Promise.all([other.pool.query("SELECT 1"), other.pool.query("SELECT 1")]);
          cold.push(await addOne(other, paper, make));
          await other.close();
        }
        const postgres = ((await postgresSeconds(database.pool)) - before) / (2 * rounds + 1);
        const figures = [median(warm), median(cold), postgres * 1_000];
        console.log(`${name.padEnd(24)}${figures.map((figure) => cell(figure.toFixed(1))).join("")}`);
      }
    }
  } finally {
    await server.close();
  }
}

function cell(text: string): string {
  return text.padStart(12);
}

/** Milliseconds of CPU of all threads of this process. */
async function addOne(database: Database, paper: Paper, make: (paper: Paper) => Event): Promise<number> {
  const event = make(paper);
  paper.events.push(event);
  const bytes = bundleOf(paper, [event]);
  const start = process.cpuUsage();
  await ingest(database, bytes);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

async function ingest(database: Database, bytes: Uint8Array): Promise<void> {
  const [result] = await ingestBatch(database, [{ source: "bench", bytes }], policy);
  if (result?.status !== "merged") throw new Error(`The event must be merged: ${JSON.stringify(result)}`);
}

const policy = { keyring: createKeyring(keys), minimumProof: "signed" as const, maximumBytes: 1e9 };

function bundleOf({ pithNumber, record }: Paper, events: Event[]): Uint8Array {
  const bundle = {
    bundle_type: "pith_open_graph_bundle",
    bundle_version: "1.0",
    pith_number: pithNumber,
    canonical_record: record,
    canonical_sha256: sha256OfValue(record),
    source_aliases: [],
    events,
  };
  return new TextEncoder().encode(canonicalJson(bundle));
}

function paperOf(form: "independent" | "chain"): Paper {
  const record = {
    metadata: { primary_cat: "cs.DL", submitted_at: "2023-02-23T17:34:53Z" },
    schema_version: "1.0",
    source: { id: "2302.12192", kind: "arxiv", version: 1 },
  };
  const digest = sha256OfValue(record);
  const pithNumber = `pith:2023:${suffixOfDigest(digest)}` as PithNumber;
  const paper: Paper = { pithNumber, record, events: [] };
  const subject_pith_number = pithNumber;
  paper.events.push(
    signedEvent(registry, {
      event_type: "record_created",
      created_at: timeOf(0),
      subject_pith_number,
      payload: { canonical_record: record, canonical_sha256: digest, receipt: receiptOf(registry, digest) },
    }),
  );
  paper.events.push(
    signedEvent(registry, {
      event_type: "graph_snapshot",
      created_at: timeOf(1),
      subject_pith_number,
      payload: snapshotPayload([], [], { title: "A paper of many corrections" }),
    }),
  );
  for (let at = 2; at < eventCount; at++) {
    paper.events.push(correction(paper, form === "chain" ? { at, prev: lastOf(paper) } : { at }));
  }
  return paper;
}

function lastOf({ events }: Paper): Event | undefined {
  return events.at(-1);
}

let nonce = 0;

function correction(
  { pithNumber }: Paper,
  { at, prev, supersedes }: { at: number; prev?: Event | undefined; supersedes?: Event },
): Event {
  return signedEvent(registry, {
    event_type: "correction",
    created_at: timeOf(at),
    subject_pith_number: pithNumber,
    prev_event: prev?.event_id ?? null,
    supersedes: supersedes === undefined ? [] : [supersedes.event_id],
    payload: { note: `Correction ${nonce++}: a few words that are put right.` },
  });
}

function timeOf(second: number): string {
  return `${new Date(Date.UTC(2026, 5, 1) + second * 1_000).toISOString().slice(0, 19)}Z`;
}
