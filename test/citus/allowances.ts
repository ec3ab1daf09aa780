import type { Rule } from "./statement-rules.ts";

/** A statement that breaks rules, and what becomes of it where the tables are distributed. docs/scaling.md lists them. */
export type Allowance = {
  readonly name: string;
  /** Not the beginning of another's. */
  readonly statement: RegExp;
  readonly rules: readonly Rule[];
  /** `all shards`: it runs, and asks each shard. `to be split`: Citus plans no such statement, or only a slow one. */
  readonly consequence: "all shards" | "to be split";
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
    name: "the works cited most",
    statement: /^select "work_id", "key", .*'graph_position'\), 0\)::text from "works" order by/s,
    rules: [noKey, localToo],
    consequence: "to be split",
    reason: "It reads the position of the graph in the same snapshot, which lies on the coordinator.",
  },
  {
    name: "the works cited most, of some categories",
    statement: /^select "work_id", "key", .*'graph_position'\), 0\)::text from "works" where \(exists/s,
    rules: [noKey, severalGroups, localToo],
    consequence: "to be split",
    reason: "A work's categories are those of its paper, which lies elsewhere.",
  },
  {
    name: "papers by how often they are cited",
    statement: /from "papers" inner join "works" on "works"\."work_id" = "papers"\."work_id"/,
    rules: [noKey, severalGroups],
    consequence: "to be split",
    reason: "How often a paper is cited is kept with its work, which lies elsewhere.",
  },
  {
    name: "references to works that are held, or not",
    statement: /from "references" where .*exists \(select 1 from "works"/s,
    rules: [severalGroups],
    consequence: "to be split",
    reason: "Whether a work is held is kept with the work, which lies elsewhere.",
  },
  {
    name: "anchor statistics",
    statement: /^WITH counted AS/,
    rules: [severalGroups],
    consequence: "to be split",
    reason: "It counts over papers, their references and the works that these cite, in one pass over all.",
  },
  {
    name: "the position of a batch's events",
    statement: /^INSERT INTO totals .*max\(received_at\) FROM events/s,
    rules: [noKey, localToo],
    consequence: "to be split",
    reason:
      "The counter lies on the coordinator, and is read in one statement with the time of the last event.",
  },
  {
    name: "the best paper of each work of a batch",
    statement: /^SELECT work\.id, other\.\* FROM unnest/,
    rules: [noKey],
    consequence: "to be split",
    reason: "A subquery for each work, over papers of all shards.",
  },
];
