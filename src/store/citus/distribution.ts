/** How a table lies on several servers with Citus. */
export type Distribution =
  /** Split by a column; rows of tables of one group with the same value lie together. */
  | { readonly kind: "distributed"; readonly column: string; readonly group: Group }
  /** A copy on each server. */
  | { readonly kind: "reference" }
  /** On the coordinator alone. */
  | { readonly kind: "local" };

/** Of a paper; of a work; by a value that is looked up. */
export type Group = "papers" | "works" | "identifiers" | "keys";

const byPaper: Distribution = { kind: "distributed", column: "paper_id", group: "papers" };
const local: Distribution = { kind: "local" };

/** Every table, in the order in which they are distributed: the first of a group makes its shards. */
export const distributions: Readonly<Record<string, Distribution>> = {
  papers: byPaper,
  records: byPaper,
  events: byPaper,
  claims: byPaper,
  references: byPaper,
  published_states: byPaper,
  works: { kind: "distributed", column: "work_id", group: "works" },
  // By the work that cites: what a work cites is read from one shard.
  citations: { kind: "distributed", column: "citing_work_id", group: "works" },
  // The same by the work that is cited, for who cites a work.
  citations_by_cited: { kind: "distributed", column: "cited_work_id", group: "works" },
  citing_papers: { kind: "distributed", column: "cited_work_id", group: "works" },
  work_identifiers: { kind: "distributed", column: "identifier_id", group: "identifiers" },
  paper_keys: { kind: "distributed", column: "key", group: "keys" },
  signers: { kind: "reference" },
  settings: { kind: "reference" },
  // Counters and feeds are changed by every batch under a lock, and read by position: one server settles their order.
  totals: local,
  changes: local,
  graph_changes: local,
  quarantine: local,
  submissions: local,
  followed_mirrors: local,
  outstanding_papers: local,
};
