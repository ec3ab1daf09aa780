/**
 * All tables. Rules that let them be distributed later stand in docs/scaling.md: each primary key contains the
 * later distribution column (`paper_id`, `work_id`, or the value of a look-up), nothing is UNIQUE without it, no
 * foreign key leaves its group, no trigger, no identity column.
 */
export { changes } from "./changes.ts";
export { citations } from "./citations.ts";
export { citationsByCited } from "./citations-by-cited.ts";
export { citingPapers } from "./citing-papers.ts";
export { claims } from "./claims.ts";
export { checkResult, eventStatus, identifierKind, instantFromDriver, proof } from "./columns.ts";
export { events } from "./events.ts";
export { followedMirrors } from "./followed-mirrors.ts";
export { graphChanges } from "./graph-changes.ts";
export { outstandingPapers } from "./outstanding-papers.ts";
export { paperKeys } from "./paper-keys.ts";
export { papers } from "./papers.ts";
export { publishedStates } from "./published-states.ts";
export { quarantine, quarantineKind } from "./quarantine.ts";
export { records } from "./records.ts";
export { references } from "./references.ts";
export { settings } from "./settings.ts";
export { signers } from "./signers.ts";
export { submissionStatus, submissions } from "./submissions.ts";
export { type TotalName, totals } from "./totals.ts";
export { workIdentifiers } from "./work-identifiers.ts";
export { works } from "./works.ts";
