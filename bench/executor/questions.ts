import type { Database } from "../../src/store/index.ts";
import { jobs } from "../api/jobs.ts";
import type { Prepared } from "./executors.ts";

/** A query with the variable `ref`, and the papers that it is sent with. */
export type Question = { readonly title: string; readonly query: string; readonly refs: readonly string[] };

const queryOf = (name: string) => jobs.find((job) => job.name === name)?.pithGraph.query ?? "";

const graphQuery = (maxNodes: number, edges: string) => `query ($ref: String!) {
  citationGraph(roots: [$ref], depth: 2, maxNodes: ${maxNodes}) {
    nodes { depth work { arxivId title } } edges { ${edges} } } }`;

const positions = "citingIndex citedIndex";

/** Papers among which those are looked for that have enough data for every question. */
const candidates = 2_000;
const variety = 60;

const measuresQuery = `query ($ref: String!) {
  paper(ref: $ref) { work { citedByCount referenceCount } }
  citationGraph(roots: [$ref], depth: 2, maxNodes: 500) { nodeCount } }`;

type Measures = {
  readonly paper: { readonly work: { readonly citedByCount: number; readonly referenceCount: number } };
  readonly citationGraph: { readonly nodeCount: number };
};

/** Papers with at least 20 citers, 20 references, and 200 works within two references. */
async function findRefs({ pool }: Database, prepared: Prepared): Promise<string[]> {
  const { rows } = await pool.query<[string]>({
    text: `SELECT source_id FROM papers ORDER BY md5(source_id) LIMIT ${candidates}`,
    rowMode: "array",
  });
  const found: string[] = [];
  const measure = prepared.prepare("own", measuresQuery);
  for (const [ref] of rows) {
    const { paper, citationGraph } = (JSON.parse(await measure(ref)) as { data: Measures }).data;
    const { citedByCount, referenceCount } = paper.work;
    if (citedByCount < 20 || referenceCount < 20 || citationGraph.nodeCount < 200) continue;
    found.push(ref);
    if (found.length === variety) break;
  }
  if (found.length === 0) throw new Error("No paper has enough citers and references.");
  return found;
}

export async function readQuestions(database: Database, prepared: Prepared): Promise<readonly Question[]> {
  const refs = await findRefs(database, prepared);
  return [
    { title: "Q1: a paper with 4 claims", query: queryOf("Q1"), refs },
    { title: "Q2: 20 references with the works cited", query: queryOf("Q2"), refs },
    { title: "Q3: 20 citers × 10 references with titles", query: queryOf("Q3"), refs },
    { title: "Q4: 500 nodes with titles, edges as positions", query: graphQuery(500, positions), refs },
    {
      title: "the same, edges as objects",
      query: graphQuery(500, "citing { arxivId } cited { arxivId }"),
      refs,
    },
    { title: "300 nodes with titles, edges as positions", query: graphQuery(300, positions), refs },
  ];
}
