import type { AcceptedEvent } from "../protocol/index.ts";
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
