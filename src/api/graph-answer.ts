import type { ObjectRef } from "@pothos/core";
import { builder } from "./builder.ts";

/** What each result that is computed over the citation graph states about itself. */
export type GraphResult = { readonly truncated: boolean; readonly graphVersion: string };

/** A result that is a list: an empty list can be truncated too. */
export type GraphList<Node> = GraphResult & { readonly nodes: readonly Node[] };

export const GraphResultInterface = builder.interfaceRef<GraphResult>("GraphResult");

GraphResultInterface.implement({
  description: "A result that was computed over the citation graph.",
  fields: (t) => ({
    truncated: t.exposeBoolean("truncated", {
      description:
        "Whether the result may be incomplete, because a limit was reached or the time budget ran out. What it contains is correct.",
    }),
    graphVersion: t.exposeString("graphVersion", {
      description:
        "The version of the citation graph that the result was computed on. Opaque: compare it with `Status.graphVersion` for " +
        "equality only.",
    }),
  }),
});

/** Adds the type of a list that was computed over the citation graph. */
export function graphListObject<Node>(
  name: string,
  node: ObjectRef<typeof builder.$inferSchemaTypes, Node>,
  descriptions: { readonly list: string; readonly nodes: string },
): ObjectRef<typeof builder.$inferSchemaTypes, GraphList<Node>> {
  return builder.objectRef<GraphList<Node>>(name).implement({
    description: descriptions.list,
    interfaces: [GraphResultInterface],
    fields: (t) => ({
      nodes: t.field({
        type: [node],
        description: descriptions.nodes,
        resolve: ({ nodes }) => nodes as never,
      }),
    }),
  });
}
