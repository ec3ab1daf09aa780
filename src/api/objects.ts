import type { AcceptedEvent } from "../protocol/index.ts";
import { builder } from "./builder.ts";
import type { ClaimRow } from "./loaders/claims.ts";
import type { EventRow } from "./loaders/events.ts";
import type { PaperRow, WorkRow } from "./loaders/papers.ts";
import type { SignerRow } from "./loaders/records.ts";
import type { ReferenceRow } from "./loaders/references.ts";

/*
 * The nouns of the schema and the rows behind them. Their fields stand in a file each; here only so that a paper
 * can name a work and a work a paper without their files importing each other.
 */
export const PaperObject = builder.objectRef<PaperRow>("Paper");
export const ClaimObject = builder.objectRef<ClaimRow>("Claim");
export const ReferenceObject = builder.objectRef<ReferenceRow>("Reference");
export const WorkObject = builder.objectRef<WorkRow>("Work");
export const EventObject = builder.objectRef<EventRow>("Event");
export const SignerObject = builder.objectRef<SignerRow>("Signer");

/** Who asserted a claim or a reference: an event of its paper, and the standing of what is shown. */
export type ProvenanceRow = { readonly event: EventRow; readonly proof: AcceptedEvent["proof"] };
export const ProvenanceObject = builder.objectRef<ProvenanceRow>("Provenance");

/** Parts of a paper that are made of its row alone. */
export const SourceObject = builder.objectRef<PaperRow>("Source");
export const VerificationObject = builder.objectRef<PaperRow>("Verification");
export const StateObject = builder.objectRef<PaperRow>("State");
export const ReferenceCoverageObject = builder.objectRef<PaperRow>("ReferenceCoverage");
