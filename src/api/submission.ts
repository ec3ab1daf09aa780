import { sql } from "drizzle-orm";
import { isPithNumber } from "../protocol/index.ts";
import { paperIdOf } from "../row-rules/index.ts";
import { type Database, submissions } from "../store/index.ts";
import { builder } from "./builder.ts";
import { paperColumns } from "./loaders/index.ts";
import { PaperObject } from "./objects.ts";
import { selectedColumns } from "./selected-columns.ts";

const SubmissionStatusEnum = builder.enumType("SubmissionStatus", {
  description: "The status of a submission.",
  values: {
    QUEUED: { value: "queued", description: "Stored, waiting for a worker." },
    MERGED: {
      value: "merged",
      description:
        "The document was merged. It may have added nothing new, and single events may have been rejected.",
    },
    REJECTED: { value: "rejected", description: "The document was rejected, as `rejection` says." },
    FAILED: {
      value: "failed",
      description: "This mirror gave up ingesting the document, as `rejection` says.",
    },
  },
});

const RejectionObject = builder.objectRef<SubmissionError>("Rejection").implement({
  description: "Why a document was not merged.",
  fields: (t) => ({
    code: t.exposeString("code", { description: "The reason, such as `UNSIGNED` or `MALFORMED_JSON`." }),
    message: t.exposeString("message", { description: "An explanation in one or two sentences." }),
  }),
});

type RejectedEvent = { readonly eventId: string; readonly reason: string };

const RejectedEventObject = builder.objectRef<RejectedEvent>("RejectedEvent").implement({
  description: "An event that was rejected although its document was merged.",
  fields: (t) => ({
    eventId: t.exposeString("eventId", {
      description: "The event id: `sha256:` and 64 lower-case hex digits.",
    }),
    reason: t.exposeString("reason", {
      description: "The reason, such as `UNSIGNED` (PROTOCOL section 5).",
    }),
  }),
});

/** Lines are an event's id and the reason; the last may only count further events. */
function rejectedEventsOf(row: SubmissionRow): RejectedEvent[] {
  return rejectedEventLines(row).flatMap((line) => {
    const [eventId, reason] = line.split(" ");
    return eventId?.startsWith("sha256:") && reason !== undefined ? [{ eventId, reason }] : [];
  });
}

const SubmissionObject = builder.objectRef<SubmissionRow>("Submission");

builder.node(SubmissionObject, {
  description: "A submitted document and its status. Anyone who knows its id, which is random, can read it.",
  id: {
    description: "The global id, derived from a random UUID.",
    resolve: ({ submissionId }) => submissionId,
  },
  loadMany: async (ids, { database, loaders }) => {
    const rows = await loaders.batches.track(() => readSubmissions(database, ids));
    return ids.map((id) => rows.get(id) ?? null);
  },
  fields: (t) => ({
    status: t.field({
      type: SubmissionStatusEnum,
      description: "The status.",
      resolve: ({ status }) => status,
    }),
    receivedAt: t.expose("receivedAt", {
      type: "DateTime",
      description: "When this mirror stored the document.",
    }),
    pithNumber: t.exposeString("pithNumber", {
      nullable: true,
      description:
        "The Pith number of the document's paper. Returns null while queued, and if it could not be read.",
    }),
    error: t.string({
      nullable: true,
      description:
        "A summary of `rejection` or `rejectedEvents` as text. Returns null if nothing was rejected.",
      resolve: (row) => {
        const error = submissionErrorOf(row);
        if (error !== null) return `${error.code}: ${error.message}`;
        const refused = rejectedEventLines(row);
        return refused.length === 0 ? null : `Rejected events: ${refused.join(", ")}`;
      },
    }),
    rejection: t.field({
      type: RejectionObject,
      nullable: true,
      description: "Why the document was REJECTED or FAILED. Returns null for any other status.",
      resolve: submissionErrorOf,
    }),
    rejectedEvents: t.field({
      type: [RejectedEventObject],
      description: "The events of a MERGED document that were rejected. At most 20.",
      resolve: rejectedEventsOf,
    }),
    paper: t.field({
      type: PaperObject,
      nullable: true,
      description: "The paper. Returns null until the document is merged and the canonical record is stored.",
      resolve: async ({ status, pithNumber }, _args, { loaders }, info) => {
        if (status !== "merged" || pithNumber === null || !isPithNumber(pithNumber)) return null;
        const columns = selectedColumns(info, "Paper").union(paperColumns.of("pithNumber"));
        const paper = await loaders.paper.for(columns).get(paperIdOf(pithNumber));
        return paper?.pithNumber === pithNumber ? paper : null;
      },
    }),
  }),
});

const SubmissionPayloadObject = builder.objectRef<SubmissionRow>("SubmissionPayload").implement({
  description: "The result of `submitDocument`.",
  fields: (t) => ({
    submission: t.field({
      type: SubmissionObject,
      description: "The stored submission. Query `node` with its id to follow its status.",
      resolve: (row) => row,
    }),
  }),
});

builder.mutationType({ description: "Write access: the submission of documents." });

builder.mutationField("submitDocument", (t) =>
  t.field({
    type: SubmissionPayloadObject,
    description:
      "Submits a document and returns once it is stored; a worker then verifies and merges it. Requires the header " +
      "`Authorization: Bearer <token>`.",
    args: {
      document: t.arg.string({
        required: true,
        description: "The raw text of a bundle or a state document.",
      }),
    },
    resolve: async (_root, { document }, context) => {
      const id = await context.submit(document);
      // Read your own writes: the rest of the request uses new loaders and reads from the primary.
      Object.assign(context, context.renew());
      const row = (await readSubmissions(context.database, [id])).get(id);
      if (row === undefined) throw new Error("A submission that was stored is gone.");
      return row;
    },
  }),
);

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

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Reads submissions by ids, in one statement. Ids that are not in canonical form are not found. */
export async function readSubmissions(
  { db }: Pick<Database, "db">,
  ids: readonly string[],
): Promise<Map<string, SubmissionRow>> {
  const known = ids.filter((id) => uuidPattern.test(id));
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
export function rejectedEventLines({ status, errorMessage }: SubmissionRow): string[] {
  return status === "merged" && errorMessage !== null ? errorMessage.split("\n") : [];
}
