import { sql } from "drizzle-orm";
import { type Database, submissions } from "../store/index.ts";

const columns = {
  submissionId: submissions.submissionId,
  status: submissions.status,
  pithNumber: submissions.pithNumber,
  errorCode: submissions.errorCode,
  errorMessage: submissions.errorMessage,
  attempts: submissions.attempts,
  receivedAt: submissions.receivedAt,
  finishedAt: submissions.finishedAt,
};

/** A submission without its document. */
export type SubmissionRow = {
  [Column in keyof typeof columns]: (typeof submissions.$inferSelect)[Column];
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Reads submissions by ids, in one statement. Ids that are not in canonical form are not found. */
export async function readSubmissions(
  { db }: Pick<Database, "db">,
  ids: readonly string[],
): Promise<Map<string, SubmissionRow>> {
  const known = ids.filter((id) => uuid.test(id));
  if (known.length === 0) return new Map();
  const rows = await db
    .select(columns)
    .from(submissions)
    .where(sql`${submissions.submissionId} = ANY(${sql.param(known)}::uuid[])`);
  return new Map(rows.map((row) => [row.submissionId, row]));
}

export type SubmissionError = { readonly code: string; readonly message: string };

/** Why a submission was rejected or failed; null for any other. Only the operator sees infrastructure errors. */
export function submissionErrorOf(row: SubmissionRow): SubmissionError | null {
  const code = row.errorCode ?? "UNKNOWN";
  if (row.status === "rejected") return { code, message: row.errorMessage ?? "" };
  if (row.status !== "failed") return null;
  return {
    code,
    message: `Given up after ${row.attempts} attempts. The document is kept; the mirror's operator can see why.`,
  };
}

/** The rejected events of a merged document, one a line: the event's id and the reason. */
export function refusedLinesOf({ status, errorMessage }: SubmissionRow): string[] {
  return status === "merged" && errorMessage !== null ? errorMessage.split("\n") : [];
}
