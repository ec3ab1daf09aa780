import { badUserInput } from "./errors.ts";

/** The types that have a global id. */
const nodeTypes = ["Paper", "Claim", "Work", "Event", "Signer", "Submission"] as const;

export type NodeType = (typeof nodeTypes)[number];

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
