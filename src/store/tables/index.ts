/**
 * All tables, by what they are: the log of events, the papers it makes, the citation graph, and what is local to a mirror.
 * Rules that let them be distributed later stand in docs/scaling.md: each primary key contains the
 * later distribution column (`paper_id`, `work_id`, or the value of a look-up), nothing is UNIQUE without it, no
 * foreign key leaves its group, no trigger, no identity column.
 */
export { checkResult, eventStatus, identifierKind, instantFromDriver, proof } from "./columns.ts";
export * from "./graph.ts";
export * from "./local.ts";
export * from "./log.ts";
export * from "./papers.ts";
