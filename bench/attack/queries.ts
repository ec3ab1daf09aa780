import { isAccepted } from "./walk-schema.ts";

/** An expensive query that is accepted, or should be. */
export type Attack = {
  readonly name: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
};

/** The papers and words that attacks use. */
export type Targets = {
  /** The arXiv ids of highly cited works. */
  readonly works: readonly string[];
  /** A paper with a state of several megabytes. */
  readonly largePaper: string;
  /** Papers with states of a few hundred kilobytes. */
  readonly longPapers: readonly string[];
  /** Words of most titles and claims. */
  readonly words: readonly string[];
};

/** The most expensive queries found by hand: in bytes, rows, statements, or time in the graph. */
export function knownAttacks({ works, largePaper, longPapers, words }: Targets): readonly Attack[] {
  const roots = works.slice(0, 100);
  const graph = (selection: string, maxNodes: number, depth = 3) => ({
    query: `query ($r: [String!]!) { citationGraph(roots: $r, depth: ${depth}, maxNodes: ${maxNodes}, direction: BOTH) { ${selection} } }`,
    variables: { r: roots },
  });
  const aliased = (count: number, field: (index: number) => string) =>
    `{ ${Array.from({ length: count }, (_, index) => `a${index}: ${field(index)}`).join(" ")} }`;
  const text = JSON.stringify;
  const phrase = (index: number) =>
    text(`"${words[index % words.length]} ${words[(index + 1) % words.length]}"`);
  /** The query with the largest number of repetitions or nodes that is accepted. */
  const largest = (name: string, max: number, of: (count: number) => Omit<Attack, "name">): Attack[] => {
    let [accepted, rejected] = [1, max + 1];
    while (rejected - accepted > 1) {
      const middle = Math.floor((accepted + rejected) / 2);
      if (isAccepted(of(middle))) accepted = middle;
      else rejected = middle;
    }
    return [{ name: `${name} × ${accepted}`, ...of(accepted) }];
  };
  return [
    ...largest("payloads of a graph's edges", 5000, (nodes) =>
      graph("edges { provenance { event { payload } } }", nodes),
    ),
    ...largest("edges alone", 5000, (nodes) => graph("edges { isInternalAnchor }", nodes)),
    ...largest("edges with both ends", 5000, (nodes) =>
      graph("edges { citing { id title } cited { id title } }", nodes),
    ),
    ...largest("edges with references", 5000, (nodes) =>
      graph("edges { references(first: 100) { title doi } }", nodes),
    ),
    ...largest("nodes with papers", 5000, (nodes) =>
      graph("nodes { work { paper { title abstractExcerpt claims(first: 4) { nodes { text } } } } }", nodes),
    ),
    ...largest("state documents", 199, (count) => ({
      query: aliased(count, () => `paper(ref: ${text(largePaper)}) { state { document } }`),
    })),
    {
      name: "state documents by fragments",
      query: `query { ${Array.from({ length: 19 }, (_, index) => `a${index}: paper(ref: ${text(largePaper)}) { ...F }`).join(" ")} }
        fragment F on Paper { ${Array.from({ length: 9 }, (_, index) => `b${index}: state { document }`).join(" ")} }`,
    },
    {
      name: "states of many papers",
      query: "{ papers(first: 100) { nodes { state { document } } } }",
    },
    {
      name: "payloads of many papers",
      query: "{ papers(first: 100) { nodes { events(first: 100) { nodes { payload target } } } } }",
    },
    {
      name: "records of many papers",
      query: "{ papers(first: 100) { nodes { canonicalRecord verdict { modelSet } } } }",
    },
    {
      name: "long papers' references",
      query: aliased(
        longPapers.length,
        (index) => `paper(ref: ${text(longPapers[index])}) {
        ${Array.from({ length: 12 }, (_, page) => `p${page}: references(first: 100) { nodes { title work { title } } }`).join(" ")} }`,
      ),
    },
    {
      name: "references of citing papers",
      query: `{ work(ref: ${text(works[0])}) { citedBy(first: 100) { nodes { references(first: 100) { nodes { title work { title id citedByCount } } } } } } }`,
    },
    {
      name: "citing papers of references",
      query: `{ work(ref: ${text(works[0])}) { citedBy(first: 30) { nodes { references(first: 30) { nodes { work { citedBy(first: 30) { nodes { title } } } } } } } } }`,
    },
    {
      name: "errors in many places",
      query: `{ papers(first: 100) { nodes { references(first: 20) { nodes { citedPaper { claims(first: 101) { nodes { text } } } } } } } }`,
    },
    ...largest("phrase searches", 199, (count) => ({
      query: aliased(count, (index) => `search(query: ${phrase(index)}) { totalCount edges { score } }`),
    })),
    ...largest("likenesses", 199, (count) => ({
      query: aliased(count, (index) => `search(query: "papre hep-${index}") { totalCount edges { score } }`),
    })),
    ...largest("anchor chains", 199, (count) => ({
      query: aliased(count, (index) => `anchorChain(from: ${text(works[index % works.length])}) { length }`),
    })),
    ...largest("related works", 199, (count) => ({
      query: aliased(
        count,
        (index) =>
          `relatedWorks(ref: ${text(works[index % works.length])}, by: CO_CITATION, first: 100) { nodes { score shared(first: 100) { title } } }`,
      ),
    })),
    ...largest("reachable works", 199, (count) => ({
      query: aliased(
        count,
        (index) =>
          `reachableWorks(ref: ${text(works[index % works.length])}, maxDepth: 100, direction: BOTH) { total }`,
      ),
    })),
    ...largest("paths", 199, (count) => ({
      query: aliased(
        count,
        (index) =>
          `citationPath(from: ${text(works[index % works.length])}, to: ${text(works[(index + 1) % works.length])}, direction: BOTH, maxDepth: 100) { length }`,
      ),
    })),
    ...largest("graphs' sizes", 199, (count) => ({
      query: aliased(
        count,
        (index) =>
          `citationGraph(roots: [${text(works[index % works.length])}], depth: 10, maxNodes: 300, direction: BOTH) { edgeCount }`,
      ),
    })),
    ...largest("counts of filters", 199, (count) => ({
      query: aliased(
        count,
        (index) => `papers(filter: { titleContains: "a${index % 10}", minCitedBy: ${index} }) { totalCount }`,
      ),
    })),
    ...largest("claims by text", 199, (count) => ({
      query: aliased(
        count,
        (index) => `claims(filter: { text: ${phrase(index)} }) { totalCount nodes { text } }`,
      ),
    })),
    ...largest("rankings", 199, (count) => ({
      query: aliased(
        count,
        (index) => `topWorks(by: PAGERANK, filter: { yearFrom: ${1900 + index} }) { nodes { score } }`,
      ),
    })),
    ...largest("rejections", 199, (count) => ({
      query: aliased(count, () => "status { rejections { count } }"),
    })),
    ...largest("anchor statistics", 199, (count) => ({
      query: aliased(
        count,
        (index) => `anchorStats(groupBy: YEAR, filter: { minCitedBy: ${index} }) { papers }`,
      ),
    })),
    {
      name: "introspection, wide",
      query: `{ ${Array.from({ length: 10 }, (_, index) => `a${index}: __schema { types { name fields { name description args { name description type { name ofType { name ofType { name } } } } type { name fields { name type { name ofType { name ofType { name } } } args { name } } } } } }`).join(" ")} }`,
    },
    {
      name: "introspection, deep",
      query: `{ __schema { types { fields { type { ofType { ofType { ofType { fields { type { ofType { ofType { ofType { name } } } } } } } } } } } } }`,
    },
    {
      name: "a long alias",
      ...graph(`edges { ${"a".repeat(100_000)}: isInternalAnchor }`, 1000),
    },
  ];
}
