import { desc, sql } from "drizzle-orm";
import {
  type AdmissionPolicy,
  type DocumentResult,
  documentOfEvents,
  ingestBatch,
  ingestVerified,
  removeFromQuarantine,
  trustReasons,
  type VerifiedDocument,
} from "../ingest/index.ts";
import { isJsonObject, type PithNumber, type Proof, parseJson, verifyEventCopy } from "../protocol/index.ts";
import { type Database, inTransaction, quarantine } from "../store/index.ts";

export type QuarantineRow = typeof quarantine.$inferSelect;

/** The rows in quarantine, latest first, without their contents. */
export function listQuarantine(database: Database, limit: number): Promise<Omit<QuarantineRow, "content">[]> {
  const { contentSha256, kind, code, message, source, pithNumber, minimumProof, size, receivedAt } =
    quarantine;
  return database.db
    .select({ contentSha256, kind, code, message, source, pithNumber, minimumProof, size, receivedAt })
    .from(quarantine)
    .orderBy(desc(receivedAt), contentSha256)
    .limit(limit);
}

/** The only row whose hash begins with `prefix`; null if there is none, or more than one. */
export async function readQuarantined(database: Database, prefix: string): Promise<QuarantineRow | null> {
  if (!/^[0-9a-f]{4,64}$/.test(prefix)) return null;
  const rows = await database.db
    .select()
    .from(quarantine)
    .where(sql`starts_with(encode(${quarantine.contentSha256}, 'hex'), ${prefix})`)
    .limit(2);
  return rows.length === 1 ? (rows[0] as QuarantineRow) : null;
}

/**
 * Permanently removes the quarantine rows whose hash begins with `prefix`; an empty prefix removes all. Returns the
 * number of rows removed.
 */
export async function removeQuarantined(database: Database, prefix: string): Promise<number> {
  const { rows } = await database.pool.query<{ hash: string }>(
    "SELECT encode(content_sha256, 'hex') AS hash FROM quarantine WHERE starts_with(encode(content_sha256, 'hex'), $1)",
    [prefix],
  );
  return removeRows(
    database,
    rows.map(({ hash }) => hash),
  );
}

async function removeRows({ pool }: Database, hashes: readonly string[]): Promise<number> {
  if (hashes.length === 0) return 0;
  return inTransaction(pool, "BEGIN", (writer) => removeFromQuarantine(writer, hashes));
}

export type RetryQuarantineOptions = Omit<AdmissionPolicy, "minimumProof"> & {
  /** Applies to all rows. Defaults to the minimum proof of each row's source, or `signed` if that is unknown. */
  readonly minimumProof?: Proof | undefined;
  /** Only rows rejected for lack of a trusted key or of proof. Defaults to all rows. */
  readonly onlyUntrusted?: boolean;
};

/** The number of rows verified again, and of those that left the quarantine. */
export type RetryCounts = { readonly tried: number; readonly accepted: number };

/** Rows per query, and the maximum number of documents per transaction. */
const pageSize = 100;

/**
 * Verifies again the quarantined items whose content is stored: complete documents, and copies of events that were
 * rejected for lack of trust. Accepted items are stored and leave the quarantine. `prefix`: the beginning of a row's
 * hash; empty for all rows.
 */
export async function retryQuarantined(
  database: Database,
  prefix: string,
  options: RetryQuarantineOptions,
): Promise<{ readonly documents: RetryCounts; readonly events: RetryCounts }> {
  const documents = { tried: 0, accepted: 0 };
  const events = { tried: 0, accepted: 0 };
  for await (const rows of readPages(database, prefix, options)) {
    for (const minimumProof of new Set(rows.map((row) => minimumProofOf(row, options)))) {
      const policy = { ...options, minimumProof };
      const group = rows.filter((row) => minimumProofOf(row, options) === minimumProof);
      const documentRows = group.filter(({ kind }) => kind === "document");
      documents.tried += documentRows.length;
      documents.accepted += await retryDocuments(database, documentRows, policy);
      const eventRows = group.filter(({ kind, pithNumber }) => kind === "event" && pithNumber !== null);
      events.tried += eventRows.length;
      events.accepted += await retryEvents(database, eventRows, policy);
    }
  }
  return { documents, events };
}

/** Never below the minimum proof of the row's source: a retry must not accept what a mirror only asserts. */
export function minimumProofOf(
  row: QuarantineRow,
  { minimumProof }: Pick<RetryQuarantineOptions, "minimumProof">,
): Proof {
  return minimumProof ?? row.minimumProof ?? "signed";
}

async function* readPages(
  database: Database,
  prefix: string,
  { onlyUntrusted = false }: RetryQuarantineOptions,
): AsyncGenerator<QuarantineRow[]> {
  const hash = sql`encode(${quarantine.contentSha256}, 'hex')`;
  const codes = sql.join(
    trustReasons.map((code) => sql`${code}`),
    sql`, `,
  );
  const isUntrusted = sql`${quarantine.code} IN (${codes})`;
  const isChosen = onlyUntrusted ? isUntrusted : sql`(${quarantine.kind} = 'document' OR ${isUntrusted})`;
  for (let last = ""; ; ) {
    const rows = await database.db
      .select()
      .from(quarantine)
      .where(
        sql`${quarantine.content} IS NOT NULL AND ${quarantine.size} > 0 AND ${isChosen}
          AND starts_with(${hash}, ${prefix}) AND ${hash} > ${last}`,
      )
      .orderBy(hash)
      .limit(pageSize);
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.contentSha256;
    yield rows;
  }
}

async function retryDocuments(
  database: Database,
  rows: readonly QuarantineRow[],
  policy: AdmissionPolicy,
): Promise<number> {
  const documents = rows.map((row) => ({ source: row.source, bytes: row.content as Buffer }));
  return removeAccepted(database, rows, await ingestBatch(database, documents, policy));
}

/** Removes the rows of accepted documents; `results` are in the order of the rows. Returns how many were accepted. */
export async function removeAccepted(
  database: Database,
  rows: readonly QuarantineRow[],
  results: readonly DocumentResult[],
): Promise<number> {
  const accepted = rows.filter((_row, index) => results[index]?.status !== "rejected");
  await removeRows(
    database,
    accepted.map(({ contentSha256 }) => contentSha256),
  );
  return accepted.length;
}

async function retryEvents(
  database: Database,
  rows: readonly QuarantineRow[],
  policy: AdmissionPolicy,
): Promise<number> {
  const documents = rows.flatMap((row) => eventDocument(row, policy) ?? []);
  if (documents.length === 0) return 0;
  await ingestVerified(database, documents);
  return documents.length;
}

/** A copy of an event as a document of its own; null if it is still rejected. */
function eventDocument(
  row: QuarantineRow,
  { keyring, minimumProof }: AdmissionPolicy,
): VerifiedDocument | null {
  const bytes = row.content as Buffer;
  const copy = parseJson(bytes);
  const pithNumber = row.pithNumber as PithNumber;
  if (!isJsonObject(copy)) return null;
  const judgement = verifyEventCopy(copy, { pithNumber, keyring, minimumProof });
  if (!judgement.accepted) return null;
  return {
    header: { source: row.source, size: row.size, bytes, pithNumber, refused: [], minimumProof },
    contents: {
      record: null,
      publishedResult: null,
      judged: documentOfEvents(pithNumber, [judgement.event]),
    },
  };
}
