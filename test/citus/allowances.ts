import type { Rule } from "./statement-rules.ts";

/** A statement that breaks rules, and how it runs on distributed tables. docs/scaling.md lists them. */
export type Allowance = {
  readonly name: string;
  /** Matches the statements of this allowance only. */
  readonly statement: RegExp;
  readonly rules: readonly Rule[];
  /**
   * `all shards`: it runs on every shard. `rows moved`: Citus runs a part of it first, and sends the rows to the
   * servers of the rest.
   */
  readonly consequence: "all shards" | "rows moved";
  readonly reason: string;
};

const noKey: Rule = "no distribution key";
const severalGroups: Rule = "tables of several groups";
const localToo: Rule = "local and distributed tables";

export const allowances: readonly Allowance[] = [
  {
    name: "pages of papers, events and claims",
    statement:
      /^select (?:"paper_id", .* from "papers" (?!where \(?"papers"\."work_id")(?:where|order by)|"paper_id", "event_id", .* from "events" (?:where|order by)|"paper_id", "ordinal", .* from "claims" (?:where|order by))/s,
    rules: [noKey],
    consequence: "all shards",
    reason:
      "A page of all papers needs all shards: each returns its first rows, and the coordinator merges them.",
  },
  {
    name: "search",
    statement: /^SELECT paper_id, ordinal, score FROM \(SELECT paper_id, ordinal, floor/,
    rules: [noKey],
    consequence: "all shards",
    reason: "Words can be in any row: each shard has its own index, and returns its best rows.",
  },
  {
    name: "papers of works",
    statement: /from "papers" where \(?"papers"\."work_id" = ANY/,
    rules: [noKey],
    consequence: "all shards",
    reason: "A paper is distributed by its own id, so that all rows of a paper are written on one server.",
  },
  {
    name: "identifiers of a work",
    statement: /from "work_identifiers" where "work_identifiers"\."work_id" = ANY/,
    rules: [noKey],
    consequence: "all shards",
    reason:
      "Identifiers are distributed by their own id; a work has a handful, which an index finds on each shard.",
  },
  {
    name: "works by how often they are cited",
    statement: /^select "work_id", "cited_by_count" from "works" where .* order by/,
    rules: [noKey],
    consequence: "all shards",
    reason:
      "Each shard returns its first works, and the coordinator merges them. Another statement reads their papers.",
  },
  {
    name: "the keys of papers that a batch changes",
    statement: /^SELECT paper_id, key FROM paper_keys WHERE paper_id = ANY/,
    rules: [noKey],
    consequence: "all shards",
    reason: "Once a batch.",
  },
  {
    name: "the other papers of the works of a batch",
    statement: /^SELECT work_id, paper_id, pith_number, .* FROM papers\s+WHERE work_id = ANY/s,
    rules: [noKey],
    consequence: "all shards",
    reason: "Once a batch. The reader decides which of them represents its work.",
  },
  {
    name: "identifiers whose targets are identifiers of a batch",
    statement: /FROM work_identifiers WHERE target_id = ANY/,
    rules: [noKey],
    consequence: "all shards",
    reason: "Once a batch, if it changes the target of an identifier.",
  },
  {
    name: "references that name identifiers of a batch",
    statement: /^SELECT DISTINCT paper_id, cited_work_id FROM "references"/,
    rules: [noKey],
    consequence: "all shards",
    reason: "Once a batch, if it changes the target of an identifier.",
  },
  {
    name: "what references say about identifiers of a batch",
    statement: /^SELECT id, target_id, target_kind, proof, count/,
    rules: [noKey],
    consequence: "all shards",
    reason: "Once a batch, if its references contradict stored ones. Joins within a shard only.",
  },
  {
    name: "edges by other papers of the works of a batch",
    statement: /^SELECT p\.work_id, r\.cited_work_id, bool_or\(r\.is_internal_anchor\)/,
    rules: [noKey],
    consequence: "all shards",
    reason: "Once a batch, if works of it have other papers. Joins within a shard only.",
  },
  {
    name: "titles of works in references",
    statement: /^SELECT DISTINCT ON \(r\.cited_work_id\)/,
    rules: [noKey],
    consequence: "all shards",
    reason: "Once a batch, if works lose the reference that gave their title. Joins within a shard only.",
  },
  {
    name: "the time of the last event before a batch",
    statement: /max\(received_at\).* FROM events$/s,
    rules: [noKey],
    consequence: "all shards",
    reason: "Once a batch; an index on each shard has it.",
  },
  {
    name: "the works cited most",
    statement:
      /^select "works"\."work_id", .* cross join \(SELECT .* FROM totals .*\) AS graph_position order by/s,
    rules: [noKey, localToo],
    consequence: "rows moved",
    reason: "One number: the position of the graph, read in the same snapshot.",
  },
  {
    name: "the works cited most, in some categories",
    statement:
      /^select "works"\."work_id", .* FROM totals .*\) AS graph_position where .*in \(select "paper_id" from "papers"/s,
    rules: [noKey, severalGroups, localToo],
    consequence: "rows moved",
    reason: "The ids of all papers of the categories: a work's categories are those of its paper.",
  },
  {
    name: "the works that anchor most",
    statement: /^SELECT "references"\."cited_work_id"::text AS "workId"/,
    rules: [noKey, localToo],
    consequence: "rows moved",
    reason: "The works of all papers that match the filter, once after each change.",
  },
  {
    name: "anchor statistics",
    statement: /^WITH counted AS/,
    rules: [noKey, severalGroups],
    consequence: "rows moved",
    reason: "The ids of all works with a stored paper, once after each change.",
  },
  {
    name: "papers by citations or anchors of their works",
    statement: /"papers" where .*"papers"\."work_id" in \(select/is,
    rules: [noKey, severalGroups],
    consequence: "rows moved",
    reason:
      "The ids of all matching works with a stored paper: few for highly cited ones, many for papers that are never an anchor.",
  },
  {
    name: "the claims of a paper's anchors",
    statement: /from "claims" where "claims"\."paper_id" in \(select "paper_id" from "works"/,
    rules: [severalGroups],
    consequence: "rows moved",
    reason: "The works that the paper cites as anchors, then their papers: a handful.",
  },
  {
    name: "which identifiers of a batch are still named",
    statement: /^SELECT DISTINCT (?:doi_id|work_uuid_id) FROM "references"/,
    rules: [noKey],
    consequence: "all shards",
    reason: "Once a batch, if it removes references. Identifiers of highly cited works are read one by one.",
  },
];
