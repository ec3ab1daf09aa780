import type pg from "pg";
import { groupByPaper, type VerifiedDocument } from "../ingest/index.ts";
import {
  type AcceptedEvent,
  type CheckResult,
  type JsonObject,
  type JudgedDocument,
  judgeEvent,
  type Keyring,
  type PithNumber,
  parseJson,
  type Refusal,
} from "../protocol/index.ts";
import { aliasValue, readBroughtAliases } from "../row-rules/index.ts";
import { bigintArray } from "../store/index.ts";

/** Papers per query. */
const pageSize = 200;

/**
 * The complete log, paper by paper, as documents that would reproduce it. Its events are verified again with the
 * keyring; those that it no longer accepts are reported as rejected.
 */
export async function* readLoggedPapers(
  client: pg.ClientBase,
  keyring: Keyring,
): AsyncGenerator<VerifiedDocument[]> {
  let last = -1n;
  for (;;) {
    const { rows } = await client.query<
      Record<"paper_id" | "aliases", string> & { pith_number: PithNumber; record: string | null }
    >(
      `SELECT paper_id, pith_number, record, aliases FROM public.records
       WHERE paper_id > $1 ORDER BY paper_id LIMIT $2`,
      [last.toString(), pageSize],
    );
    const end = rows.at(-1);
    if (end === undefined) return;
    last = BigInt(end.paper_id);
    const ids = [bigintArray(rows.map((row) => BigInt(row.paper_id)))];
    const events = await byPaper<{ body: string; signature: string | null }>(
      client,
      "SELECT paper_id, body, signature FROM public.events WHERE paper_id = ANY($1::bigint[])",
      ids,
    );
    const published = await byPaper<{ sha256: string; result: CheckResult }>(
      client,
      `SELECT paper_id, encode(state_sha256, 'hex') AS sha256, result
       FROM public.published_states WHERE paper_id = ANY($1::bigint[])`,
      ids,
    );
    yield rows.flatMap((row) => {
      const judged = judgeAgain(row.pith_number, events.get(row.paper_id) ?? [], keyring);
      const header = {
        source: "the log",
        size: 0,
        bytes: new Uint8Array(),
        pithNumber: row.pith_number,
        refused: judged.refused,
        // The proof was checked when the document arrived.
        minimumProof: "hash" as const,
      };
      const aliases = readBroughtAliases(row.aliases).map(aliasValue);
      const main = {
        header,
        contents: { judged: { ...judged, aliases }, publishedResult: null, record: row.record },
      };
      const states = (published.get(row.paper_id) ?? []).map(({ sha256, result }) => ({
        header: { ...header, refused: [] },
        contents: {
          judged: { ...judged, events: [], refused: [], published: { sha256, isPartial: false } },
          publishedResult: result,
          record: null,
        },
      }));
      return [main, ...states];
    });
  }
}

function judgeAgain(
  pithNumber: PithNumber,
  rows: readonly { body: string; signature: string | null }[],
  keyring: Keyring,
): JudgedDocument {
  const events: AcceptedEvent[] = [];
  const refused: Refusal[] = [];
  for (const { body, signature } of rows) {
    const copy = parseJson(body) as JsonObject;
    if (signature !== null) copy["signature"] = parseJson(signature);
    // Accepted events stay accepted: the minimum proof was enforced when they arrived.
    const judgement = judgeEvent(copy, { pithNumber, keyring, minimumProof: "hash" });
    if (judgement.accepted) events.push(judgement.event);
    else refused.push({ id: judgement.id, reason: judgement.reason, copy });
  }
  return {
    kind: "bundle",
    pithNumber,
    events,
    aliases: [],
    refused,
    hasUnprovedAliases: false,
    hasUnverifiable: false,
    published: undefined,
  };
}

async function byPaper<Row extends object>(
  client: pg.ClientBase,
  statement: string,
  parameters: string[],
): Promise<Map<string, Row[]>> {
  const { rows } = await client.query<Row & { paper_id: string }>(statement, parameters);
  return groupByPaper(rows);
}
