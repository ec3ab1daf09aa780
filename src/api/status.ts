import { eq } from "drizzle-orm";
import { softwareVersion } from "../runtime/index.ts";
import { settings } from "../store/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { RejectionCountObject, rejectionCounts } from "./refusals.ts";

const StatusObject = builder.objectRef<Record<string, never>>("Status");

StatusObject.implement({
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
