import type { Rule } from "./statement-rules.ts";

/** A statement that breaks rules, and what becomes of it where the tables are distributed. docs/scaling.md lists them. */
export type Allowance = {
  readonly name: string;
  /** Not the beginning of another's. */
  readonly statement: RegExp;
  readonly rules: readonly Rule[];
  /**
   * `all shards`: it runs, and asks each shard. `rows moved`: what a part of it finds is read first, and sent to the servers
   * of the rest. `to be split`: Citus plans no such statement, or only a slow one.
   */
  readonly consequence: "all shards" | "rows moved" | "to be split";
  readonly reason: string;
};

const noKey: Rule = "no distribution key";
const severalGroups: Rule = "tables of several groups";
const localToo: Rule = "local and distributed tables";

export const allowances: readonly Allowance[] = [
  {
    name: "pages of papers, events and claims",
    statement:
      /^select (?:"paper_id", "work_id", "submitted_at", 0 from "papers" (?:where|order by)|"paper_id", "event_id", .* from "events" (?:where|order by)|"paper_id", "ordinal", .* from "claims" (?:where|order by))/s,
    rules: [noKey],
    consequence: "all shards",
    reason: "A page over all papers is over all shards: each gives its first rows, and one merges them.",
  },
  {
    name: "search",
    statement: /^SELECT paper_id, ordinal, score FROM \(SELECT paper_id, ordinal, floor/,
    rules: [noKey],
    consequence: "all shards",
    reason: "Words are anywhere: each shard has its own index, and gives its best rows.",
  },
  {
    name: "versions of a work",
    statement: /from "papers" where "papers"\."work_id" = ANY/,
    rules: [noKey],
    consequence: "all shards",
    reason: "A paper lies by its own id, so that all that is of one paper is written on one server.",
  },
  {
    name: "identifiers of a work",
    statement: /from "work_identifiers" where "work_identifiers"\."work_id" = ANY/,
    rules: [noKey],
    consequence: "all shards",
    reason:
      "Identifiers lie where they are looked up; a work has a handful, which an index finds on each shard.",
  },
  {
    name: "citations of a work, where the graph is not in memory",
    statement: /^SELECT cited_work_id, citing_work_id FROM citations WHERE cited_work_id = ANY/,
    rules: [noKey],
    consequence: "all shards",
    reason:
      "Citations lie by who cites, once: there is no second copy by who is cited. In memory both ways cost the same.",
  },
  {
    name: "the keys of papers that a batch changes",
    statement: /^SELECT paper_id, key FROM paper_keys WHERE paper_id = ANY/,
    rules: [noKey],
    consequence: "all shards",
    reason: "Once a batch.",
  },
  {
    name: "what identifiers of a batch are targets of",
    statement: /FROM work_identifiers WHERE target_id = ANY/,
    rules: [noKey],
    consequence: "all shards",
    reason: "Once a batch, where it changes what an identifier stands for.",
  },
  {
    name: "references that name identifiers of a batch",
    statement: /^SELECT DISTINCT paper_id, cited_work_id FROM "references"/,
    rules: [noKey],
    consequence: "all shards",
    reason: "Once a batch, where it changes what an identifier stands for.",
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
    reason: "One number: the position of the graph, in the same snapshot where one server has both.",
  },
  {
    name: "the works cited most, of some categories",
    statement:
      /^select "works"\."work_id", .* FROM totals .*\) AS graph_position where .*in \(select "paper_id" from "papers"/s,
    rules: [noKey, severalGroups, localToo],
    consequence: "rows moved",
    reason: "The ids of all papers of the categories: a work's categories are those of its paper.",
  },
  {
    name: "the works that anchor most",
    statement: /^SELECT "citations"\."cited_work_id"::text AS "workId"/,
    rules: [noKey, severalGroups, localToo],
    consequence: "rows moved",
    reason: "The works of all papers that fit the filter, once after each change.",
  },
  {
    name: "anchor statistics",
    statement: /^WITH counted AS/,
    rules: [noKey, severalGroups],
    consequence: "rows moved",
    reason: "The ids of all works of which a paper is held, once after each change.",
  },
  {
    name: "papers by citations or anchors of their works",
    statement: /"papers" where (?:(?!not exists).)*"papers"\."work_id" in \(select/is,
    rules: [noKey, severalGroups],
    consequence: "rows moved",
    reason: "The ids of all works that fit: who asks for well cited ones moves few.",
  },
  {
    name: "the claims of a paper's anchors",
    statement: /from "claims" where "claims"\."paper_id" in \(select "paper_id" from "works"/,
    rules: [severalGroups],
    consequence: "rows moved",
    reason: "The works that the paper cites as anchors, then their papers: a handful.",
  },
  {
    name: "papers that are never an anchor",
    statement: /"papers" where not exists \(select 1 from "citations"/i,
    rules: [noKey, severalGroups],
    consequence: "to be split",
    reason:
      "What is not among the anchors: read first, these would be all of them, and one server would go through them for each paper.",
  },
  {
    name: "papers by how often they are cited",
    statement: /from "papers" inner join "works" on "works"\."work_id" = "papers"\."work_id"/,
    rules: [noKey, severalGroups],
    consequence: "to be split",
    reason:
      "The order is by a number that is kept with the work. Page by page of the works first, a filter that few fit would go through all of them; the number kept with each paper would be written with each citation.",
  },
  {
    name: "references to works that are held, or not",
    statement: /from "references" where .*exists \(select 1 from "works"/s,
    rules: [severalGroups],
    consequence: "to be split",
    reason:
      "Whether a work is held is kept with the work. On one server, reading all references of a page's papers first is the slower way.",
  },
  {
    name: "chains of anchors, where the graph is not in memory",
    statement: /FROM (?:works AS w JOIN papers AS p|citations AS c\s+JOIN works AS w)/,
    rules: [severalGroups],
    consequence: "to be split",
    reason:
      "Each step asks for the works cited and the time of their papers: three statements in the place of one.",
  },
  {
    name: "the best paper of each work of a batch",
    statement: /^SELECT work\.id, other\.\* FROM unnest/,
    rules: [noKey],
    consequence: "to be split",
    reason:
      "A subquery for each work: without it a server that has no statistics yet, as while it is filled, reads all papers for each batch.",
  },
];
