import { sql } from "drizzle-orm";
import { quarantine } from "../store/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";

type RejectionCount = {
  readonly scope: "document" | "event";
  readonly code: string;
  readonly count: number;
};

const RejectionScopeEnum = builder.enumType("RejectionScope", {
  description: "Whether a whole document or a single event was rejected.",
  values: {
    DOCUMENT: { value: "document", description: "The whole document was rejected." },
    EVENT: {
      value: "event",
      description:
        "An event was rejected; the rest of its document was accepted. At most 20 per document are counted.",
    },
  } as const,
});

export const RejectionCountObject = builder.objectRef<RejectionCount>("RejectionCount");

RejectionCountObject.implement({
  description:
    "The number of rejections for one reason. Only the operator sees their content (`pith-graph quarantine`).",
  fields: (t) => ({
    scope: t.expose("scope", {
      type: RejectionScopeEnum,
      description: "Whether documents or events were rejected.",
    }),
    code: t.exposeString("code", {
      description:
        "The reason: of a document an error such as `MALFORMED_JSON` (PROTOCOL section 4), `NOT_STORABLE`, or the most frequent " +
        "reason of its events; of an event a reason such as `UNSIGNED` (PROTOCOL section 5).",
    }),
    count: t.exposeInt("count", {
      description: "The number of rejections with different content.",
    }),
  }),
});

/** The numbers of quarantined rows by reason, most frequent first. */
export async function rejectionCounts({ database: { db }, loaders }: Context): Promise<RejectionCount[]> {
  const { kind, code } = quarantine;
  const { rows } = await loaders.batches.trackExpensive(() =>
    db.execute<RejectionCount>(
      sql`SELECT ${kind} AS scope, ${code} AS code, count(*)::int AS count FROM ${quarantine}
        GROUP BY 1, 2 ORDER BY count(*) DESC, 1, ${code} COLLATE "C"`,
    ),
  );
  return rows;
}
