import type { AcceptedEvent } from "../protocol/index.ts";
import { defaultPageSize, maxPageSize } from "./argument-limits.ts";
import { builder } from "./builder.ts";
import type { ClaimRow, EventRow, PaperRow, ReferenceRow, SignerRow, WorkRow } from "./loaders/index.ts";

/*
 * The object types of the schema and their rows. Each type's fields have a file of their own; the types are here so
 * that papers and works can refer to each other without circular imports.
 */
export const PaperObject = builder.objectRef<PaperRow>("Paper");
export const ClaimObject = builder.objectRef<ClaimRow>("Claim");
export const ReferenceObject = builder.objectRef<ReferenceRow>("Reference");
export const WorkObject = builder.objectRef<WorkRow>("Work");
export const EventObject = builder.objectRef<EventRow>("Event");
export const SignerObject = builder.objectRef<SignerRow>("Signer");

/** The provenance of a claim or reference: an event of its paper, and how well the row is proved. */
export type ProvenanceRow = { readonly event: EventRow; readonly proof: AcceptedEvent["proof"] };
export const ProvenanceObject = builder.objectRef<ProvenanceRow>("Provenance");

/** Parts of a paper that its row alone determines. */
export const SourceObject = builder.objectRef<PaperRow>("Source");
export const VerificationObject = builder.objectRef<PaperRow>("Verification");
export const StateObject = builder.objectRef<PaperRow>("State");
export const ReferenceCoverageObject = builder.objectRef<PaperRow>("ReferenceCoverage");

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

const size = `Defaults to ${defaultPageSize}; maximum ${maxPageSize}.`;
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
