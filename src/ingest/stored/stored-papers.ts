import { bigintArray } from "../../store/rows.ts";
import { readBroughtAliases } from "../../store/text-columns.ts";
import type { Statements } from "../../store/transaction.ts";
import { aliasKey } from "../plan/merge-paper.ts";
import type { StoredEvent, StoredPaper, StoredPapers } from "../plan/questions.ts";

/**
 * Reads what is stored of papers: all that tells whether a document adds something, and what is known of the signatures
 * of its events. One statement where nothing is stored, else three.
 */
export async function readStored(client: Statements, paperIds: Iterable<bigint>): Promise<StoredPapers> {
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
  // Nothing else can be stored of a paper that is not among them: in bulk that is nearly every one.
  if (subjects.rows.length === 0) return new Map();
  const known = [bigintArray(subjects.rows.map((row) => BigInt(row.paper_id)))];
  const events = await client.query<
    StoredEvent & { readonly paper_id: string; readonly id: string; readonly is_invalid: boolean }
  >(
    `SELECT paper_id, encode(event_id, 'hex') AS id, proof, signature, fault,
            concat_ws(' ', standing, status, reason, ordinal) AS derived, status = 'invalid' AS is_invalid
     FROM events WHERE paper_id = ANY($1::bigint[])`,
    known,
  );
  const published = await client.query<{ paper_id: string; sha256: string }>(
    "SELECT paper_id, encode(state_sha256, 'hex') AS sha256 FROM published_states WHERE paper_id = ANY($1::bigint[])",
    known,
  );
  const eventsOf = groupByPaper(events.rows);
  const publishedOf = groupByPaper(published.rows);
  return new Map(
    subjects.rows.map((row): [bigint, StoredPaper] => {
      const own = eventsOf.get(row.paper_id) ?? [];
      return [
        BigInt(row.paper_id),
        {
          events: new Map(own.map((event) => [event.id, event])),
          aliases: new Map(readBroughtAliases(row.aliases).map((alias) => [aliasKey(alias), alias])),
          aliasesText: row.aliases,
          publishedStates: new Set(publishedOf.get(row.paper_id)?.map(({ sha256 }) => sha256)),
          invalidCount: own.filter((event) => event.is_invalid).length,
          pithNumber: row.pith_number,
          stateSha256: row.state,
          hasRecord: row.has_record,
        },
      ];
    }),
  );
}

export function groupByPaper<Row extends { readonly paper_id: string }>(
  rows: readonly Row[],
): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.paper_id);
    if (group === undefined) groups.set(row.paper_id, [row]);
    else group.push(row);
  }
  return groups;
}
