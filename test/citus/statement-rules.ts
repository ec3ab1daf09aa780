import { type Distribution, distributions } from "../../src/store/table-layout.ts";

/** Forms of statements that Citus cannot run, or runs far more slowly than a single server. */
export const rules = [
  "a recursive query",
  "MERGE",
  "now() in a DO UPDATE",
  "VALUES with a subquery",
  "a volatile function in an UPDATE",
  "changed rows as an array",
  "LATERAL with LIMIT or OFFSET",
  "a join of several groups",
  "EXISTS over several groups",
  "no distribution key",
  "tables of several groups",
  "local and distributed tables",
] as const;

export type Rule = (typeof rules)[number];

type Distributed = Extract<Distribution, { kind: "distributed" }>;

/** What the views read in a distributed installation. */
const views: Readonly<Record<string, string>> = {
  citations: "references",
  citing_papers: "citations_by_cited",
};

/** The tables that a statement names, itself or by a view, sorted. */
export function tablesOf(text: string): string[] {
  const named = [
    ...plain(text).matchAll(/\b(?:from|join|into|update|using|copy)\s+(?:public\.)?"?(\w+)"?/gi),
  ];
  const tables = named
    .map(([, name = ""]) => views[name] ?? name)
    .filter((name) => Object.hasOwn(distributions, name));
  return [...new Set(tables)].sort();
}

/** The rules that a statement breaks, found by regular expressions: all statements are this project's own. */
export function brokenRules(text: string): Rule[] {
  const words = plain(text);
  const tables = tablesOf(text);
  const placed = tables.map((table) => [table, distributions[table]] as const);
  const distributed = placed.filter(
    (entry): entry is [string, Distributed] => entry[1]?.kind === "distributed",
  );
  const groups = groupsOf(tables);
  const hasLocal = placed.some(([, distribution]) => distribution?.kind === "local");
  const broken: Record<Rule, boolean> = {
    "a recursive query": /\bwith\s+recursive\b/i.test(words),
    MERGE: /^\s*merge\b/i.test(words),
    "now() in a DO UPDATE":
      distributed.length > 0 &&
      /\bdo\s+update\b.*\b(?:now\(\)|current_timestamp|clock_timestamp)/is.test(words),
    "VALUES with a subquery": distributed.length > 0 && /\bvalues\s*\(\s*\(\s*select\b/i.test(words),
    "a volatile function in an UPDATE":
      distributed.length > 0 &&
      /^\s*update\b.*\b(?:random|clock_timestamp|nextval|gen_random_uuid)\(/is.test(words),
    "changed rows as an array":
      distributed.length > 0 &&
      /^\s*(?:insert|update|delete)\b.*\b(?:unnest|json_populate_recordset)\(/is.test(words),
    // Even for colocated tables: Citus does not distinguish them.
    "LATERAL with LIMIT or OFFSET":
      distributed.length > 0 && /\blateral\s*\((?:[^()]|\([^()]*\))*\b(?:limit|offset)\b/i.test(words),
    "a join of several groups": joins(words).some((joined) => groupsOf(joined).size > 1),
    "EXISTS over several groups": groups.size > 1 && /\bexists\s*\(/i.test(words),
    "no distribution key": distributed.some(([table, { column }]) => !carriesKey(words, table, column)),
    "tables of several groups": groups.size > 1,
    "local and distributed tables": hasLocal && distributed.length > 0,
  };
  return rules.filter((rule) => broken[rule]);
}

/** The colocation groups of the distributed tables. */
function groupsOf(tables: readonly string[]): Set<string> {
  const placed = tables.map((table) => distributions[table]);
  return new Set(placed.flatMap((placing) => (placing?.kind === "distributed" ? [placing.group] : [])));
}

/** The tables of each join. Subqueries in parentheses are read separately. */
function joins(words: string): string[][] {
  return words.split(/[()]|\b(?:where|select|group by|order by|limit)\b/i).map(tablesOf);
}

/** Whether a statement restricts the column by a comparison, or inserts it. */
function carriesKey(words: string, table: string, column: string): boolean {
  const compared = new RegExp(`(?:\\b|\\.|")${column}"?\\s*(?:=|\\bin\\b)`, "i");
  const inserted = new RegExp(`(?:into|copy)\\s+(?:public\\.)?"?${table}"?\\s*\\([^)]*\\b${column}\\b`, "i");
  return compared.test(words) || inserted.test(words);
}

/** The statement without comments and the contents of literals. */
function plain(text: string): string {
  return text
    .replace(/--[^\n]*/g, " ")
    .replace(/\/\*.*?\*\//gs, " ")
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/\s+/g, " ");
}
