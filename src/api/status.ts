import { eq, sql } from "drizzle-orm";
import { softwareVersion } from "../runtime/index.ts";
import { quarantine, settings } from "../store/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";

const StatusObject = builder.objectRef<Record<string, never>>("Status").implement({
  description: "The contents of this mirror in numbers.",
  fields: (t) => ({
    papers: t.int({
      description: "The number of papers: Pith numbers whose canonical record is stored.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("papers"),
    }),
    works: t.int({
      description: "The number of works, including works that are only cited.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("works"),
    }),
    claims: t.int({
      description: "The number of claims in the current snapshots.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("claims"),
    }),
    citations: t.int({
      description: "The number of edges of the citation graph, from work to work.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("citations"),
    }),
    events: t.int({
      description: "The number of accepted events, valid and invalid.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("events"),
    }),
    invalidEvents: t.int({
      description: "The number of invalid events: authentic, but wrong.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("invalid_events"),
    }),
    rejectedDocuments: t.int({
      description: "The number of documents that were rejected.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("rejected_documents"),
    }),
    rejections: t.field({
      type: [RejectionCountObject],
      description: "The latest 10,000 rejected documents and events, counted by reason, most frequent first.",
      resolve: (_status, _args, context) => rejectionCounts(context),
    }),
    graphVersion: t.string({
      description:
        "The version of the citation graph that graph queries currently use. Opaque: equal versions of one mirror mean equal " +
        "graphs.",
      resolve: async (_status, _args, { graph, loaders }) =>
        graph.status.graphVersion ?? String(await loaders.total.load("graph_position")),
    }),
    hasSample: t.boolean({
      description:
        "Whether the sample data is loaded. Its demo key, whose private key is public, is then accepted here.",
      resolve: (_status, _args, context) => hasSample(context),
    }),
    softwareVersion: t.string({ description: "The version of pith-graph.", resolve: () => softwareVersion }),
  }),
});

builder.queryField("status", (t) =>
  t.field({
    type: StatusObject,
    description: "Returns the contents of this mirror in numbers.",
    resolve: () => ({}),
  }),
);

async function hasSample({ database: { db }, loaders }: Context): Promise<boolean> {
  const rows = await loaders.batches.track(() =>
    db.select().from(settings).where(eq(settings.name, "sample")),
  );
  return rows.length > 0;
}

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

const RejectionCountObject = builder.objectRef<RejectionCount>("RejectionCount").implement({
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
async function rejectionCounts({ database: { db }, loaders }: Context): Promise<RejectionCount[]> {
  const { kind, code } = quarantine;
  const { rows } = await loaders.batches.trackExpensive(() =>
    db.execute<RejectionCount>(
      sql`SELECT ${kind} AS scope, ${code} AS code, count(*)::int AS count FROM ${quarantine}
        GROUP BY 1, 2 ORDER BY count(*) DESC, 1, ${code} COLLATE "C"`,
    ),
  );
  return rows;
}
