/**
 * All tables, by kind: the log of events, the papers derived from it, the citation graph, and what is local to a
 * mirror. Rules that allow distribution are in docs/scaling.md: each primary key contains the distribution column
 * (`paper_id`, `work_id`, or a looked-up value), nothing is UNIQUE without it, no foreign key leaves its group, no
 * trigger, no identity column.
 */
export {
  categoriesOfPaper,
  checkResult,
  claimWords,
  eventStatus,
  identifierKind,
  instantFromDriver,
  isNotCurrent,
  isOfRareType,
  isOtherKind,
  namedClaimKinds,
  paperNames,
  paperWords,
  proof,
} from "./columns.ts";
export * from "./graph.ts";
export * from "./local.ts";
export * from "./log.ts";
export * from "./papers.ts";
