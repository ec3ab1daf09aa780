import { builder } from "./builder.ts";
import { defaultPageSize, maximumPageSize } from "./keyset.ts";
import { ClaimObject, EventObject, PaperObject, ReferenceObject } from "./objects.ts";

export const PaperConnection = builder.connectionObject(
  { type: PaperObject, name: "PaperConnection", description: "A page of papers." },
  { description: "A paper and its cursor." },
);
export const ClaimConnection = builder.connectionObject(
  { type: ClaimObject, name: "ClaimConnection", description: "A page of claims." },
  { description: "A claim and its cursor." },
);
export const ReferenceConnection = builder.connectionObject(
  { type: ReferenceObject, name: "ReferenceConnection", description: "A page of references." },
  { description: "A reference and its cursor." },
);
export const EventConnection = builder.connectionObject(
  { type: EventObject, name: "EventConnection", description: "A page of events." },
  { description: "An event and its cursor." },
);

const size = `Defaults to ${defaultPageSize}; maximum ${maximumPageSize}.`;
const after = "Return rows after this cursor.";
const first = `The number of rows from the start, or after \`after\`. ${size}`;

/** The arguments of a connection that pages forward only. */
export const forwardArguments = builder.args((t) => ({
  first: t.int({ defaultValue: defaultPageSize, description: first }),
  after: t.string({ description: after }),
}));

/** The arguments of a search: the contract gives its `first` no default in the schema. */
export const searchArguments = builder.args((t) => ({
  first: t.int({ description: first }),
  after: t.string({ description: after }),
}));

/** The arguments of a connection that also pages backward. A default of `first` would rule out `last`. */
export const pageArguments = builder.args((t) => ({
  first: t.int({ description: first }),
  after: t.string({ description: after }),
  last: t.int({
    description: `The number of rows from the end, or before \`before\`; not with \`first\`. ${size}`,
  }),
  before: t.string({ description: "Return rows before this cursor." }),
}));
