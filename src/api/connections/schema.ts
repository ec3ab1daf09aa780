import { builder } from "../builder.ts";
import { ClaimObject, EventObject, PaperObject, ReferenceObject } from "../objects.ts";
import { defaultPageSize, maximumPageSize } from "./keyset.ts";

export const PaperConnection = builder.connectionObject(
  { type: PaperObject, name: "PaperConnection", description: "A page of papers." },
  { description: "A paper and its place in the connection." },
);
export const ClaimConnection = builder.connectionObject(
  { type: ClaimObject, name: "ClaimConnection", description: "A page of claims." },
  { description: "A claim and its place in the connection." },
);
export const ReferenceConnection = builder.connectionObject(
  { type: ReferenceObject, name: "ReferenceConnection", description: "A page of references." },
  { description: "A reference and its place in the connection." },
);
export const EventConnection = builder.connectionObject(
  { type: EventObject, name: "EventConnection", description: "A page of events." },
  { description: "An event and its place in the connection." },
);

const size = `${defaultPageSize} unless told, ${maximumPageSize} at most.`;

/** The arguments of a connection that pages forward only. */
export const forwardArguments = builder.args((t) => ({
  first: t.int({ description: `How many rows from the start, or after \`after\`: ${size}` }),
  after: t.string({ description: "The cursor of the row before the page." }),
}));

/** The arguments of a connection that also pages backward. */
export const pageArguments = builder.args((t) => ({
  first: t.int({ description: `How many rows from the start, or after \`after\`: ${size}` }),
  after: t.string({ description: "The cursor of the row before the page." }),
  last: t.int({
    description: `How many rows from the end, or before \`before\`: ${size} Not together with \`first\`.`,
  }),
  before: t.string({ description: "The cursor of the row after the page." }),
}));
