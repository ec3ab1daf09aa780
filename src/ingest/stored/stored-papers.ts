import { readLoggedAliases } from "../../row-rules/index.ts";
import { bigintArray, type QueryClient } from "../../store/index.ts";
import { aliasKey, type StoredEvent, type StoredPaper, type StoredPapers } from "../plan/index.ts";

/** The ids of the events that documents contain, in hex, by paper id; null for all stored events. */
export type RequestedEvents = ReadonlyMap<bigint, readonly string[] | null>;

/**
 * Reads the stored data of papers: what is needed to decide whether a document adds something, and the known signatures
 * of its events. One statement if nothing is stored, otherwise three or four.
 */
export async function readStored(client: QueryClient, requested: RequestedEvents): Promise<StoredPapers> {
  const subjects = await client.query<{
    paper_id: string;
    pith_number: string;
    has_record: boolean;
    state: string;
    log: string;
    aliases: string;
  }>(
    `SELECT paper_id, pith_number, record IS NOT NULL AS has_record, encode(state_sha256, 'hex') AS state,
            encode(log_checksum, 'hex') AS log, aliases
     FROM records WHERE paper_id = ANY($1::bigint[])`,
    [bigintArray(requested.keys())],
  );
  // Papers not found have no stored data at all: in a bulk ingest, nearly all.
  if (subjects.rows.length === 0) return new Map();
  const paperIds = subjects.rows.map((row) => BigInt(row.paper_id));
  const known = [bigintArray(paperIds)];
  const events = await readEvents(client, paperIds, requested);
  const published = await client.query<{ paper_id: string; sha256: string }>(
    "SELECT paper_id, encode(state_sha256, 'hex') AS sha256 FROM published_states WHERE paper_id = ANY($1::bigint[])",
    known,
  );
  const eventsOf = groupByPaper(events);
  const publishedOf = groupByPaper(published.rows);
  return new Map(
    subjects.rows.map((row): [bigint, StoredPaper] => {
      const own = eventsOf.get(row.paper_id) ?? [];
      return [
        BigInt(row.paper_id),
        {
          events: new Map(own.map((event) => [event.id, event])),
          aliases: new Map(readLoggedAliases(row.aliases).map((alias) => [aliasKey(alias), alias])),
          aliasesText: row.aliases,
          publishedStates: new Set(publishedOf.get(row.paper_id)?.map(({ sha256 }) => sha256)),
          pithNumber: row.pith_number,
          stateSha256: row.state,
          logChecksum: row.log,
          hasRecord: row.has_record,
        },
      ];
    }),
  );
}

type EventOfPaper = StoredEvent & { readonly paper_id: string; readonly id: string };

async function readEvents(
  client: QueryClient,
  paperIds: readonly bigint[],
  requested: RequestedEvents,
): Promise<EventOfPaper[]> {
  const columns = "paper_id, encode(event_id, 'hex') AS id, proof, signature, fault";
  const ids = paperIds.flatMap((paperId) => requested.get(paperId) ?? []);
  const complete = paperIds.filter((paperId) => requested.get(paperId) === null);
  const events: EventOfPaper[] = [];
  const read = async (condition: string, values: string[]) => {
    const { rows } = await client.query<EventOfPaper>(
      `SELECT ${columns} FROM events WHERE ${condition}`,
      values,
    );
    events.push(...rows);
  };
  if (ids.length > 0) {
    // An event belongs to one paper; the papers are in the condition for tables distributed by paper.
    await read("paper_id = ANY($1::bigint[]) AND event_id = ANY($2::bytea[])", [
      bigintArray(paperIds),
      `{${ids.map((id) => `"\\\\x${id}"`).join(",")}}`,
    ]);
  }
  if (complete.length > 0) await read("paper_id = ANY($1::bigint[])", [bigintArray(complete)]);
  return events;
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
