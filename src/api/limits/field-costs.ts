/** What a field costs besides the fields under it, and how often those are there. */
export type FieldCost = { readonly field?: number; readonly multiplier?: number };

/** What a field costs of itself unless told. */
export const plainCost = 1;

/** How many members a list is taken to have where no argument says. */
export const plainListSize = 10;

/** What a root field costs where its filter may have to be compared with many rows. */
export const filterCost = 4_000;

/** Statements that rank or rate thousands of rows: some ten milliseconds of PostgreSQL's time each. */
const searchCost = 10_000;

/** A question that the citation graph answers: a millisecond or two, mostly. Their time has a budget of its own. */
const question: FieldCost = { field: 1_000 };

/**
 * Fields whose cost does not follow from their arguments and type. The unit is a plain field: some microseconds.
 * A page's size multiplies at the connection; so its edges and nodes do not multiply again, nor do other lists whose
 * size an argument of the field above sets.
 */
export const fieldCosts: Readonly<Record<string, FieldCost>> = {
  "Query.citationGraph": question,
  "Query.citationPath": question,
  "Query.reachableWorks": question,
  "Query.relatedWorks": question,
  "Query.commonReferences": question,
  "Query.priorWorks": question,
  "Query.derivativeWorks": question,
  "Query.topWorks": question,
  // Several statements a level, over all anchors that can be reached.
  "Query.anchorChain": { field: 10_000 },
  // Counted over all citations of the field, once for each version of the data.
  "Query.topAnchors": { field: filterCost },
  "Query.anchorClaims": { field: filterCost },
  "AnchorChain.works": { multiplier: 20 },
  "Query.search": { field: searchCost },
  "Status.rejections": { field: 1_000 },
  // A row for each year or category; counted once for each version of the data.
  "Query.anchorStats": { field: filterCost, multiplier: 50 },
  "CitationGraph.nodes": { multiplier: 1 },
  "RankedWorks.nodes": { multiplier: 1 },
  "RelatedWorks.nodes": { multiplier: 1 },
  "CommonReferences.nodes": { multiplier: 1 },
  "PriorWorks.nodes": { multiplier: 1 },
  "DerivativeWorks.nodes": { multiplier: 1 },
  // So many citations for each node lie between the works around the 100 most cited of hep-th.
  "CitationGraph.edges": { multiplier: 20 },
  "CitationEdge.provenance": { field: 10 },
  "CitationEdge.references": { field: 10 },
  "CitationPath.works": { multiplier: 1 },
  "Work.papers": { multiplier: 3 },
  "Event.supersedes": { multiplier: 3 },
  // The complete log of a paper is read and merged.
  "State.document": { field: 1_000 },
  "State.appliedEventIds": { field: 1_000 },
  "Paper.equivocations": { field: 1_000, multiplier: 1 },
  "Equivocation.events": { multiplier: 3 },
  // Texts of some kilobytes; what they have beyond is taken from the budget of bytes.
  "Paper.canonicalRecord": { field: 20 },
  "Event.payload": { field: 100 },
  // The event that has it is read and parsed.
  "Paper.signedTitle": { field: 10 },
  "Paper.signedAuthors": { field: 10 },
  "Paper.signedAbstractExcerpt": { field: 10 },
  "Reference.signedTitle": { field: 10 },
  // Hardly any work has one.
  "Work.identityConflicts": { field: 2, multiplier: 1 },
  "IdentityConflict.candidates": { multiplier: 2 },
};
