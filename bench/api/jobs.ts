import type pg from "pg";
import { words } from "../corpus.ts";
import type { JobName } from "./hand-written-sql.ts";
import { at, type Json, listAt, nodesAt, pick } from "./json.ts";

/** The parameters of a job: an arXiv id; a text; or a category and a year. */
export type Parameters = readonly (string | number)[];

/** The query of a job on a GraphQL server, and the conversion of its answer to the shape of the hand-written SQL. */
export type GraphQLJob = {
  readonly query: string;
  readonly variables: (parameters: Parameters) => Readonly<Record<string, Json>>;
  readonly shape: (data: Json) => Json;
};

export type Job = {
  readonly name: JobName;
  readonly title: string;
  /** The parts of an answer, in the common shape, whose numbers are reported. */
  readonly parts: Readonly<Record<string, (answer: Json) => number>>;
  readonly pithGraph: GraphQLJob;
  readonly postgraphile: GraphQLJob;
};

/** The maximum number of nodes of a neighbourhood. */
export const maxNodes = 500;

const ref = ([value = ""]: Parameters) => ({ ref: value });
const claimMembers = { claimId: ["claimId"], kind: ["kind"], text: ["text"] };
const nodeMembers = { depth: ["depth"], arxivId: ["arxivId"], title: ["title"] };
const foundMembers = { kind: ["kind"], text: ["text"], title: ["paper", "title"] };
const paperMembers = { pithNumber: ["pithNumber"], title: ["title"] };

function paperWithClaims(data: Json): Json {
  const claims = nodesAt(data, "paper", "claims").map((claim) => pick(claim, claimMembers));
  return { pithNumber: at(data, "paper", "pithNumber"), title: at(data, "paper", "title"), claims };
}

const citedPaper = (paper: Json): Json => (paper === null ? null : pick(paper, paperMembers));

function paperWithReferences(data: Json): Json {
  const references = nodesAt(data, "paper", "references").map((reference) => ({
    refIndex: at(reference, "refIndex"),
    citedPaper: citedPaper(at(reference, "citedPaper")),
  }));
  return { references };
}

function citers(data: Json, papers: readonly Json[]): Json {
  const citedBy = papers.map((paper) => ({
    title: at(paper, "title"),
    references: nodesAt(paper, "references").map((reference) => at(reference, "work", "title")),
  }));
  return { title: at(data, "paper", "title"), citedBy };
}

/** Edges as pairs of positions. They have no order of their own. */
function graph(value: Json): Json {
  const nodes = listAt(value, "nodes").map((node) => pick(node, nodeMembers));
  const edges = listAt(value, "edges").map((edge) => [at(edge, "citingIndex"), at(edge, "citedIndex")]);
  return withSortedEdges({ nodes, edges });
}

export function withSortedEdges(graph: Json): Json {
  const edges = [...listAt(graph, "edges")] as [number, number][];
  edges.sort(([citing, cited], [otherCiting, otherCited]) => citing - otherCiting || cited - otherCited);
  return { nodes: at(graph, "nodes"), edges };
}

const length = (answer: Json): number => (answer as readonly Json[]).length;
const count = (member: string) => (answer: Json) => listAt(answer, member).length;

export const jobs: readonly Job[] = [
  {
    name: "Q1",
    title: "a paper with 4 claims",
    parts: { claims: count("claims") },
    pithGraph: {
      query: `query ($ref: String!) { paper(ref: $ref) {
        pithNumber title claims(first: 4) { nodes { claimId kind text } } } }`,
      variables: ref,
      shape: paperWithClaims,
    },
    postgraphile: {
      query: `query ($ref: String!) { paper: paperByArxivId(arxivId: $ref) {
        pithNumber title claims: claimsByPaperId(first: 4, orderBy: [ORDINAL_ASC]) { nodes { claimId kind text } } } }`,
      variables: ref,
      shape: paperWithClaims,
    },
  },
  {
    name: "Q2",
    title: "20 references, each with the cited paper's id and title",
    parts: {
      references: count("references"),
      "cited papers": (answer) =>
        listAt(answer, "references").filter((reference) => at(reference, "citedPaper") !== null).length,
    },
    pithGraph: {
      query: `query ($ref: String!) { paper(ref: $ref) {
        references(first: 20) { nodes { refIndex citedPaper { pithNumber title } } } } }`,
      variables: ref,
      shape: paperWithReferences,
    },
    postgraphile: {
      query: `query ($ref: String!) { paper: paperByArxivId(arxivId: $ref) {
        references: paperReferencesByPaperId(first: 20, orderBy: [ORDINAL_ASC]) {
          nodes { refIndex citedPaper: paperByCitedPaperId { pithNumber title } } } } }`,
      variables: ref,
      shape: paperWithReferences,
    },
  },
  {
    name: "Q3",
    title: "20 citers, each with 10 references and titles",
    parts: {
      citers: count("citedBy"),
      references: (answer) =>
        listAt(answer, "citedBy").reduce<number>((sum, citer) => sum + listAt(citer, "references").length, 0),
    },
    pithGraph: {
      query: `query ($ref: String!) { paper(ref: $ref) {
        title citedBy(first: 20) { nodes { title references(first: 10) { nodes { work { title } } } } } } }`,
      variables: ref,
      shape: (data) => citers(data, nodesAt(data, "paper", "citedBy")),
    },
    postgraphile: {
      query: `query ($ref: String!) { paper: paperByArxivId(arxivId: $ref) { title work: workByWorkId {
        citedBy: citingPapersByCitedWorkId(first: 20, orderBy: [SUBMITTED_AT_DESC, PAPER_ID_DESC]) {
          nodes { paper: paperByPaperId {
            title references: paperReferencesByPaperId(first: 10, orderBy: [ORDINAL_ASC]) {
              nodes { work: workByCitedWorkId { title } } } } } } } } }`,
      variables: ref,
      shape: (data) =>
        citers(
          data,
          nodesAt(data, "paper", "work", "citedBy").map((row) => at(row, "paper")),
        ),
    },
  },
  {
    name: "Q4",
    title: `two hops of references, up to ${maxNodes} nodes with titles, and the edges between them`,
    parts: { nodes: count("nodes"), edges: count("edges") },
    pithGraph: {
      query: `query ($ref: String!) { citationGraph(roots: [$ref], depth: 2, maxNodes: ${maxNodes}) {
        nodes { depth work { arxivId title } } edges { citingIndex citedIndex } } }`,
      variables: ref,
      shape: (data) => {
        const nodes = listAt(data, "citationGraph", "nodes").map((node) =>
          pick(node, { depth: ["depth"], arxivId: ["work", "arxivId"], title: ["work", "title"] }),
        );
        return graph({ nodes, edges: at(data, "citationGraph", "edges") });
      },
    },
    postgraphile: {
      // A function of the database: nested connections would return a node once for each path to it.
      query: `query ($ref: String!) { neighbourhood(root: $ref, maxNodes: ${maxNodes}) {
        nodes { depth arxivId title } edges { citingIndex citedIndex } } }`,
      variables: ref,
      shape: (data) => graph(at(data, "neighbourhood")),
    },
  },
  {
    name: "Q5",
    title: "20 claims with a word, with their papers' titles",
    parts: { claims: length },
    pithGraph: {
      query: `query ($text: String!) { claims(filter: { text: $text }, first: 20) {
        nodes { kind text paper { title } } } }`,
      variables: ([text = ""]) => ({ text }),
      shape: (data) => nodesAt(data, "claims").map((claim) => pick(claim, foundMembers)),
    },
    postgraphile: {
      query: `query ($text: String!) { claims: claimsWith(query: $text, first: 20) {
        nodes { kind text paper: paperByPaperId { title } } } }`,
      variables: ([text = ""]) => ({ text }),
      shape: (data) => nodesAt(data, "claims").map((claim) => pick(claim, foundMembers)),
    },
  },
  {
    name: "Q6",
    title: "a page of 100 papers of a category and year",
    parts: { papers: length },
    pithGraph: {
      query: `query ($category: String!, $year: Int!) {
        papers(filter: { categories: [$category], yearFrom: $year, yearTo: $year }, first: 100) {
          nodes { pithNumber title } } }`,
      variables: ([category = "", year = 0]) => ({ category, year }),
      shape: (data) => nodesAt(data, "papers").map((paper) => pick(paper, paperMembers)),
    },
    postgraphile: {
      query: `query ($category: String!, $year: Int!) {
        papers: allPapers(condition: { primaryCategory: $category, year: $year }, first: 100,
          orderBy: [SUBMITTED_AT_DESC, ROW_ID_DESC]) {
          nodes { pithNumber title } } }`,
      variables: ([category = "", year = 0]) => ({ category, year }),
      shape: (data) => nodesAt(data, "papers").map((paper) => pick(paper, paperMembers)),
    },
  },
];

/** Papers that queries start from. */
const startPapers = 2000;

/**
 * The parameters of each job, the same in every run: papers drawn from all, whatever they cite; words; and the
 * categories and years that there are.
 */
export async function readParameters(
  pool: pg.Pool,
): Promise<Readonly<Record<JobName, readonly Parameters[]>>> {
  const list = async (text: string): Promise<Parameters[]> => {
    const { rows } = await pool.query<[string, ...number[]]>({ text, rowMode: "array" });
    if (rows.length === 0) throw new Error(`No parameters found: ${text}`);
    return rows;
  };
  const papers = await list(
    `SELECT arxiv_id FROM plain.papers ORDER BY md5('start ' || arxiv_id) LIMIT ${startPapers}`,
  );
  return {
    Q1: papers,
    Q2: papers,
    Q3: papers,
    Q4: papers,
    Q5: words.map((word) => [word]),
    Q6: await list(
      "SELECT primary_category, year FROM plain.papers GROUP BY 1, 2 ORDER BY md5(primary_category || year)",
    ),
  };
}
