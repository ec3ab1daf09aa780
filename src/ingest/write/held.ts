import { bigintArray } from "../../store/rows.ts";
import { readBroughtAliases, type StoredAlias } from "../../store/stored-aliases.ts";
import type { Statements } from "../../store/transaction.ts";
import { aliasKey } from "./aliases.ts";

/** What the log holds of a paper before a batch, beside its events. */
export type Held = {
  /** Signature and proof of each event held, by event id in hex; and what is derived, to see whether it differs. */
  readonly events: Map<string, HeldEvent>;
  /** By `aliasKey`. */
  readonly aliases: ReadonlyMap<string, StoredAlias>;
  /** The same as they are stored. */
  readonly aliasesText: string;
  readonly publishedStates: Set<string>;
  /** Of the events, those that are invalid. */
  invalidCount: number;
  /** The Pith number that the id stands for; null where nothing is held. */
  pithNumber: string | null;
  /** Of the merged state; null where nothing is held. */
  stateSha256: string | null;
  hasRecord: boolean;
};

export type HeldEvent = {
  readonly proof: string;
  readonly signature: string | null;
  readonly fault: string | null;
  /** standing, status, reason and ordinal as one text. */
  readonly derived: string;
};

/** What is held of papers; papers of which nothing is held are left out. */
export type HeldPapers = ReadonlyMap<bigint, Held>;

/** A paper of which nothing is held. */
export const nothingHeld: Held = {
  events: new Map(),
  aliases: new Map(),
  aliasesText: "[]",
  publishedStates: new Set(),
  invalidCount: 0,
  pithNumber: null,
  stateSha256: null,
  hasRecord: false,
};

/** Reads what the log holds of papers: in one statement where nothing is held, else in three. */
export async function readHeld(client: Statements, paperIds: Iterable<bigint>): Promise<HeldPapers> {
  const held = new Map<bigint, Held>();
  const of = (paperId: string) => held.get(BigInt(paperId)) as Held;
  const subjects = await client.query<{
    paper_id: string;
    pith_number: string;
    has_record: boolean;
    state: string;
    aliases: string;
  }>(
    `SELECT paper_id, pith_number, record IS NOT NULL AS has_record, encode(state_sha256, 'hex') AS state, aliases
     FROM records WHERE paper_id = ANY($1::bigint[])`,
    [bigintArray(paperIds)],
  );
  for (const row of subjects.rows) {
    held.set(BigInt(row.paper_id), {
      events: new Map(),
      aliases: new Map(readBroughtAliases(row.aliases).map((alias) => [aliasKey(alias), alias])),
      aliasesText: row.aliases,
      publishedStates: new Set(),
      invalidCount: 0,
      pithNumber: row.pith_number,
      stateSha256: row.state,
      hasRecord: row.has_record,
    });
  }
  // Nothing else can be held of a paper that is not among them: in bulk that is nearly every one.
  if (subjects.rows.length === 0) return held;
  const known = [bigintArray(subjects.rows.map((row) => BigInt(row.paper_id)))];
  const events = await client.query<
    Record<"paper_id" | "id" | "proof" | "derived", string> & {
      signature: string | null;
      fault: string | null;
      is_invalid: boolean;
    }
  >(
    `SELECT paper_id, encode(event_id, 'hex') AS id, proof, signature, fault,
            concat_ws(' ', standing, status, reason, ordinal) AS derived, status = 'invalid' AS is_invalid
     FROM events WHERE paper_id = ANY($1::bigint[])`,
    known,
  );
  for (const row of events.rows) {
    of(row.paper_id).events.set(row.id, row);
    if (row.is_invalid) of(row.paper_id).invalidCount++;
  }
  const published = await client.query<{ paper_id: string; sha256: string }>(
    "SELECT paper_id, encode(state_sha256, 'hex') AS sha256 FROM published_states WHERE paper_id = ANY($1::bigint[])",
    known,
  );
  for (const row of published.rows) of(row.paper_id).publishedStates.add(row.sha256);
  return held;
}
