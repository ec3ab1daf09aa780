import SchemaBuilder from "@pothos/core";
import RelayPlugin from "@pothos/plugin-relay";
import { maxPageSize, readPageSize } from "./argument-limits.ts";
import type { Context } from "./context.ts";
import { badUserInput } from "./errors.ts";
import type { JsonText } from "./execution/index.ts";

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
        "Looks up an object by its global id. Returns null if the object is not, or no longer, stored.",
      args: { id: { description: "The `id` of a paper, claim, work, event, signer or submission." } },
    },
    nodesQueryOptions: {
      description:
        "Looks up several objects by their global ids, in the order given. Contains null for each object that is not stored.",
      args: {
        ids: { description: `Global ids. Maximum ${maxPageSize}.` },
      },
      resolve: (_root, { ids }, _context, _info, resolveNodes) => {
        readPageSize("ids.length", ids.length);
        return resolveNodes(ids);
      },
    },
    nodeTypeOptions: {
      description: "An object with a global id, which `node` and `nodes` look up.",
      // Decided by the row itself: the plugin's type brand is set too late if a query asks twice for one id.
      resolveType: (row) => nodeTypeOf(row as object),
    },
    pageInfoTypeOptions: { description: "The position of a page in its connection." },
    hasNextPageFieldOptions: { description: "Whether more rows follow this page." },
    hasPreviousPageFieldOptions: { description: "Whether rows precede this page." },
    startCursorFieldOptions: {
      description: "The cursor of the first row, for `before`. Null if the page is empty.",
    },
    endCursorFieldOptions: {
      description: "The cursor of the last row, for `after`. Null if the page is empty.",
    },
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: "The rows of this page, each with its cursor.",
    },
    nodeFieldOptions: { nullable: false, description: "The row itself." },
    nodesOnConnection: { description: "The rows of this page, without cursors." },
    cursorFieldOptions: { description: "An opaque position in this connection, for `after` and `before`." },
    pageInfoFieldOptions: { description: "The position of this page in the connection." },
  },
});

/** The type of a row, recognised by a column that only its table has. */
function nodeTypeOf(row: object): NodeType {
  if ("canonicalSha256" in row) return "Paper";
  if ("claimId" in row) return "Claim";
  if ("citedByCount" in row) return "Work";
  if ("signerType" in row) return "Signer";
  return "eventId" in row ? "Event" : "Submission";
}

builder.queryType({
  description:
    "Read access to the part of the Pith Open Graph that this mirror stores. Every result is derived from verified events; " +
    "`provenance` and `verification` say who asserts it and how far that is proved.",
});

builder.subscriptionType({
  description: "Live updates over Server-Sent Events (`Accept: text/event-stream`).",
});

builder.globalConnectionField("totalCount", (t) =>
  t.int({
    description: "The number of rows in the whole connection, with its filters applied.",
    resolve: (connection) => connection.totalCount(),
  }),
);

/** The types that have a global id. */
const nodeTypes = ["Paper", "Claim", "Work", "Event", "Signer", "Submission"] as const;

type NodeType = (typeof nodeTypes)[number];

export function encodeGlobalId(typename: string, key: string | number | bigint): string {
  return Buffer.from(`${typename}:${key}`, "utf8").toString("base64");
}

/** Decodes an id from `encodeGlobalId`. Throws BAD_USER_INPUT for anything else. */
export function decodeGlobalId(id: string): { typename: NodeType; id: string } {
  const text = id.length > 1000 ? "" : Buffer.from(id, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const typename = nodeTypes.find((name) => name === text.slice(0, colon));
  if (colon < 0 || typename === undefined || encodeGlobalId(typename, text.slice(colon + 1)) !== id) {
    throw badUserInput("Not an id of this API. Ids are opaque: use the values of `id` fields.");
  }
  return { typename, id: text.slice(colon + 1) };
}
