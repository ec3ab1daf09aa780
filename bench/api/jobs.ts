import type pg from "pg";
import { words } from "../corpus.ts";
import type { JobName } from "./hand-written-sql.ts";
import { at, type Json, nodesAt, pick } from "./json.ts";

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
  readonly pithGraph: GraphQLJob;
  readonly postgraphile: GraphQLJob;
};

/** The maximum number of nodes of a neighbourhood. */
export const maxNodes = 300;

const ref = ([value = ""]: Parameters) => ({ ref: value });
const claimMembers = { claimId: ["claimId"], kind: ["kind"], text: ["text"] };
const nodeMembers = { depth: ["depth"], arxivId: ["arxivId"], title: ["title"] };
const foundMembers = { kind: ["kind"], text: ["text"], title: ["paper", "title"] };
const paperMembers = { pithNumber: ["pithNumber"], title: ["title"] };

function paperWithClaims(data: Json): Json {
  const claims = nodesAt(data, "paper", "claims").map((claim) => pick(claim, claimMembers));
  return { pithNumber: at(data, "paper", "pithNumber"), title: at(data, "paper", "title"), claims };
}

function paperWithReferences(data: Json): Json {
  const references = nodesAt(data, "paper", "references").map((reference) =>
    pick(reference, { refIndex: ["refIndex"], title: ["work", "title"] }),
  );
  return { title: at(data, "paper", "title"), references };
}

function citers(data: Json, papers: readonly Json[]): Json {
  const citedBy = papers.map((paper) => ({
    title: at(paper, "title"),
    references: nodesAt(paper, "references").map((reference) => at(reference, "work", "title")),
  }));
  return { title: at(data, "paper", "title"), citedBy };
}

export const jobs: readonly Job[] = [
  {
    name: "Q1",
    title: "a paper with 4 claims",
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
    title: "20 references, each with the title cited",
    pithGraph: {
      query: `query ($ref: String!) { paper(ref: $ref) {
        title references(first: 20) { nodes { refIndex work { title } } } } }`,
      variables: ref,
      shape: paperWithReferences,
    },
    postgraphile: {
      query: `query ($ref: String!) { paper: paperByArxivId(arxivId: $ref) {
        title references: paperReferencesByPaperId(first: 20, orderBy: [ORDINAL_ASC]) {
          nodes { refIndex work: workByCitedWorkId { title } } } } }`,
      variables: ref,
      shape: paperWithReferences,
    },
  },
  {
    name: "Q3",
    title: "20 citers, each with 10 references and titles",
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
    title: `two hops of references, up to ${maxNodes} nodes with titles`,
    pithGraph: {
      query: `query ($ref: String!) { citationGraph(roots: [$ref], depth: 2, maxNodes: ${maxNodes}) {
        nodes { depth work { arxivId title } } } }`,
      variables: ref,
      shape: (data) =>
        (at(data, "citationGraph", "nodes") as readonly Json[]).map((node) =>
          pick(node, { depth: ["depth"], arxivId: ["work", "arxivId"], title: ["work", "title"] }),
        ),
    },
    postgraphile: {
      // A function of the database: nested connections would return a node once for each path to it.
      query: `query ($ref: String!) { neighbourhood(root: $ref, maxNodes: ${maxNodes}) {
        nodes { depth arxivId title } } }`,
      variables: ref,
      shape: (data) => nodesAt(data, "neighbourhood").map((node) => pick(node, nodeMembers)),
    },
  },
  {
    name: "Q5",
    title: "20 claims with a word, with their papers' titles",
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

const variety = 200;

/** The parameters of each job: papers with enough data for it, the same in every run. */
export async function readParameters(
  pool: pg.Pool,
): Promise<Readonly<Record<JobName, readonly Parameters[]>>> {
  const list = async (text: string): Promise<Parameters[]> => {
    const { rows } = await pool.query<[string, ...number[]]>({ text, rowMode: "array" });
    if (rows.length === 0) throw new Error(`No parameters found: ${text}`);
    return rows;
  };
  // By a hash, and of the first thousand, because the condition of Q4 is expensive.
  const papers = (condition: string) =>
    list(`SELECT arxiv_id FROM (SELECT * FROM plain.papers ORDER BY md5(arxiv_id) LIMIT 2000) AS papers
      WHERE ${condition} LIMIT ${variety}`);
  return {
    Q1: await papers("true"),
    Q2: await papers("(SELECT count(*) FROM plain.paper_references WHERE paper_id = papers.id) >= 20"),
    Q3: await papers("(SELECT count(*) FROM plain.citing_papers WHERE cited_work_id = papers.work_id) >= 20"),
    Q4: await papers("(SELECT count(*) FROM plain.neighbourhood(arxiv_id, 300)) >= 200"),
    Q5: words.slice(0, variety).map((word) => [word]),
    Q6: await list("SELECT DISTINCT primary_category, year FROM plain.papers ORDER BY year"),
  };
}
