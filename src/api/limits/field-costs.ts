/** What a field costs besides the fields under it, and how often those are there. */
export type FieldCost = { readonly field?: number; readonly multiplier?: number };

/** What a field costs of itself unless told. */
export const plainCost = 1;

/** How many members a list is taken to have where no argument says. */
export const plainListSize = 10;

/** What a root field costs where its filter may have to be held against many rows. */
export const filterCost = 1_000;

/** A question that the citation graph answers; the time of all of them together has a budget of its own. */
const question: FieldCost = { field: 500 };

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
  "Query.anchorChain": question,
  // Held against all citations of the field; counted once for each version of the data.
  "Query.anchoringWorks": { field: filterCost },
  "Query.anchorClaims": { field: filterCost },
  "AnchorChain.works": { multiplier: 20 },
  "Query.search": { field: filterCost },
  // A row for each year or category; counted once for each version of the data.
  "Query.anchorStats": { field: filterCost, multiplier: 50 },
  "CitationGraph.nodes": { multiplier: 1 },
  // As many citations for each node as there are between the works of a neighbourhood.
  "CitationGraph.edges": { multiplier: 5 },
  "CitationPath.works": { multiplier: 1 },
  "Work.papers": { multiplier: 3 },
  "Event.supersedes": { multiplier: 3 },
  // The whole log of a paper is read and merged.
  "State.document": { field: 100 },
  "State.appliedEventIds": { field: 100 },
  // Texts that may be long.
  "Paper.canonicalRecord": { field: 5 },
  "Event.payload": { field: 10 },
  // The event that has it is read and parsed.
  "Paper.signedTitle": { field: 10 },
  "Paper.signedAuthors": { field: 10 },
  "Paper.signedAbstractExcerpt": { field: 10 },
  "Reference.signedTitle": { field: 10 },
  // Hardly any work has one.
  "Work.identityDoubts": { field: 2, multiplier: 1 },
  "IdentityDoubt.voices": { multiplier: 2 },
};
