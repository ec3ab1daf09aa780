import { eq } from "drizzle-orm";
import { settings } from "../store/tables/index.ts";
import { softwareVersion } from "../version.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { RefusalCountObject, refusalCounts } from "./refusals.ts";

const StatusObject = builder.objectRef<Record<string, never>>("Status");

StatusObject.implement({
  description: "What this mirror holds, in numbers that are kept as documents come in.",
  fields: (t) => ({
    papers: t.int({
      description: "Papers: Pith numbers whose canonical record is known.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("papers"),
    }),
    works: t.int({
      description: "Works: what papers are versions of, and what references cite, held or not.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("works"),
    }),
    claims: t.int({
      description: "Claims of the papers' current snapshots.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("claims"),
    }),
    citations: t.int({
      description: "Edges of the citation graph, from work to work, each once.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("citations"),
    }),
    events: t.int({
      description: "Accepted events, valid and invalid ones.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("events"),
    }),
    invalidEvents: t.int({
      description: "Events that are authentic, yet wrong.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("invalid_events"),
    }),
    rejectedDocuments: t.int({
      description: "Documents that were refused at the door.",
      resolve: (_status, _args, { loaders }) => loaders.total.load("rejected_documents"),
    }),
    refusals: t.field({
      type: [RefusalCountObject],
      description:
        "Why documents and events were refused at the door, in numbers: the most frequent first. Counted when asked.",
      resolve: (_status, _args, context) => refusalCounts(context),
    }),
    graphVersion: t.string({
      description:
        "What questions about the citation graph are answered at now: grows with every change of works or citations, " +
        "and equal versions of one mirror mean equal graphs.",
      resolve: async (_status, _args, { graph, loaders }) =>
        graph.status.graphVersion ?? String(await loaders.total.load("graph_position")),
    }),
    hasSample: t.boolean({
      description:
        "Whether the sample data is loaded. Its demo key is then accepted here, although its private key is public.",
      resolve: (_status, _args, context) => hasSample(context),
    }),
    softwareVersion: t.string({ description: "The version of pith-graph.", resolve: () => softwareVersion }),
  }),
});

builder.queryField("status", (t) =>
  t.field({ type: StatusObject, description: "What this mirror holds, in numbers.", resolve: () => ({}) }),
);

async function hasSample({ database: { db }, loaders }: Context): Promise<boolean> {
  const rows = await loaders.batches.track(() =>
    db.select().from(settings).where(eq(settings.name, "sample")),
  );
  return rows.length > 0;
}
