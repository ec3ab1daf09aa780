import SchemaBuilder from "@pothos/core";
import RelayPlugin from "@pothos/plugin-relay";
import { maximumPageSize, readLimit } from "./connections/keyset.ts";
import type { Context } from "./context.ts";
import { decodeGlobalId, encodeGlobalId, type NodeType } from "./global-id.ts";
import type { JsonText } from "./json-text.ts";

type SchemaTypes = {
  Context: Context;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: string; Output: string };
    JSON: { Input: never; Output: JsonText };
  };
  Connection: { totalCount: () => Promise<number> };
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
};

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [RelayPlugin],
  defaultFieldNullability: false,
  relay: {
    cursorType: "String",
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: decodeGlobalId,
    nodeQueryOptions: {
      description:
        "What has this id: a paper, claim, work, event or submission. Null where this mirror holds it not (or no longer).",
      args: { id: { description: "As a field `id` gave it. Anything else: BAD_USER_INPUT." } },
    },
    nodesQueryOptions: {
      description: "What has these ids, in their order; null for each that this mirror does not hold.",
      args: {
        ids: {
          description: `As fields \`id\` gave them, at most ${maximumPageSize}. Anything else: BAD_USER_INPUT.`,
        },
      },
      resolve: (_root, { ids }, _context, _info, resolveNodes) => {
        readLimit("ids.length", ids.length);
        return resolveNodes(ids);
      },
    },
    nodeTypeOptions: {
      description: "What has an id of its own, by which `node` and `nodes` find it again.",
      // By the row itself: the mark that the plugin sets comes too late where a query asks twice for one id.
      resolveType: (row) => nodeTypeOf(row as object),
    },
    pageInfoTypeOptions: { description: "Where a page stands in its connection." },
    hasNextPageFieldOptions: { description: "Whether rows follow this page." },
    hasPreviousPageFieldOptions: { description: "Whether rows stand before this page." },
    startCursorFieldOptions: { description: "The first row's cursor; null on an empty page." },
    endCursorFieldOptions: { description: "The last row's cursor, for `after`; null on an empty page." },
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: "The page's rows, with cursors.",
    },
    nodeFieldOptions: { nullable: false, description: "The row." },
    nodesOnConnection: { description: "The page's rows, for who needs no cursors." },
    cursorFieldOptions: { description: "The row's place in this order: opaque, for `after` and `before`." },
    pageInfoFieldOptions: { description: "Where this page stands." },
  },
});

/** What a row is, told by a column that only its table has. */
function nodeTypeOf(row: object): NodeType {
  if ("canonicalSha256" in row) return "Paper";
  if ("claimId" in row) return "Claim";
  if ("citedByCount" in row) return "Work";
  return "eventId" in row ? "Event" : "Submission";
}

builder.queryType({
  description:
    "What this mirror holds of the Pith Open Graph. Every answer is derived from signed events that were verified " +
    "when they came in; `provenance` and `verification` say who asserted a thing and how far that is proved.",
});

builder.subscriptionType({
  description: "What a client is told as it happens, over Server-Sent Events (`Accept: text/event-stream`).",
});

builder.globalConnectionField("totalCount", (t) =>
  t.int({
    description: "How many rows the whole connection has, under its filters: not only this page.",
    resolve: (connection) => connection.totalCount(),
  }),
);
