import { sql } from "drizzle-orm";
import { quarantine } from "../store/tables/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";

type RefusalCount = {
  readonly kind: "document" | "event";
  readonly code: string;
  readonly count: number;
};

const RefusedKindEnum = builder.enumType("RefusedKind", {
  description: "What was refused.",
  values: {
    DOCUMENT: { value: "document", description: "A document as a whole: nothing of it was taken in." },
    EVENT: {
      value: "event",
      description:
        "A copy of an event, of a document of which the rest was taken in. At most 20 of one document are kept.",
    },
  } as const,
});

export const RefusalCountObject = builder.objectRef<RefusalCount>("RefusalCount");

RefusalCountObject.implement({
  description:
    "How much was refused at the door for one reason, of what quarantine keeps: the 10,000 rows that came last. What it " +
    "said, and who sent it, only the mirror's keepers see (`pith-graph quarantine`).",
  fields: (t) => ({
    kind: t.expose("kind", { type: RefusedKindEnum, description: "What was refused." }),
    code: t.exposeString("code", {
      description:
        "Why. Of a document its error (PROTOCOL section 4, as `MALFORMED_JSON`), `NOT_STORABLE` where the database could not hold " +
        "it, or the reason of its first event; of an event the reason of its refusal (PROTOCOL section 5, rules 1 to 6, as `UNSIGNED`).",
    }),
    count: t.exposeInt("count", {
      description: "Rows of quarantine: different contents. The same content is kept once.",
    }),
  }),
});

/** What quarantine keeps, by reason: the most frequent first. */
export async function refusalCounts({ database: { db }, loaders }: Context): Promise<RefusalCount[]> {
  const { kind, code } = quarantine;
  const { rows } = await loaders.batches.trackExpensive(() =>
    db.execute<RefusalCount>(
      sql`SELECT ${kind} AS kind, ${code} AS code, count(*)::int AS count FROM ${quarantine}
        GROUP BY 1, 2 ORDER BY count(*) DESC, 1, ${code} COLLATE "C"`,
    ),
  );
  return rows;
}
