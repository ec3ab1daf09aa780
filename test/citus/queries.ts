import { encodeGlobalId } from "../../src/api/builder.ts";

/** The global id of a paper of the sample. */
const seed = encodeGlobalId("Paper", "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643");

/** Queries with every root field of the API, on the sample and one of its works. */
export const queriesAbout = (work: string): readonly string[] => [
  `{ status { papers works claims citations events rejections { scope code count } } }`,
  `{ paper(ref: "2302.12192") { title aliases { value } canonicalRecord verdict { verdictId }
      state { sha256 document } verification { proof } referenceCoverage { stored }
      claims(first: 2) { totalCount nodes { text provenance { proof event { eventId payload } signer { keyId } } } }
      references(first: 2, stored: false) { totalCount nodes { title work { doi workIds } citedPaper { title } } }
      events(first: 2) { totalCount nodes { prevEvent { target } supersedes { eventId } } } } }`,
  `{ papers(first: 3) { totalCount nodes { title work { papers { title } } citedBy(first: 2) { totalCount nodes { title } } } } }`,
  `{ papers(first: 3, orderBy: CITED_BY_DESC) { nodes { title } } }`,
  `{ papers(first: 3, filter: { categories: ["hep-th"], proof: SIGNED, yearFrom: 1990, yearTo: 2030, minCitedBy: 0 }) { nodes { title } } }`,
  `{ papers(first: 3, filter: { titleContains: "string" }) { nodes { title } } }`,
  `{ claims(first: 3, filter: { text: "our", kinds: [HEADLINE], proof: HASH }) { nodes { text } } }`,
  `{ events(first: 3) { totalCount nodes { eventId } } }`,
  `{ events(first: 3, filter: { types: [GRAPH_SNAPSHOT], statuses: [CURRENT], signers: ["pith.science"], since: "2020-01-01T00:00:00Z" }) { nodes { eventId } } }`,
  `{ claims(first: 3) { totalCount nodes { text } } }`,
  `{ search(query: "feedback") { nodes { __typename } } }`,
  `{ work(ref: "${work}") { title citedByCount citedBy(first: 2) { totalCount nodes { title } } } }`,
  `{ citationGraph(roots: ["${work}"], direction: BOTH, depth: 2) { nodes { work { title } } edges { isInternalAnchor } } }`,
  `{ citationPath(from: "2302.12192", to: "2302.12192") { works { title } } }`,
  `{ relatedWorks(ref: "${work}", by: CO_CITATION, first: 3) { nodes { score shared(first: 2) { title } } } }`,
  `{ relatedWorks(ref: "${work}", by: BIBLIOGRAPHIC_COUPLING, first: 3) { nodes { score } } }`,
  `{ commonReferences(refs: ["${work}"]) { nodes { work { title } } } }`,
  `{ priorWorks(refs: ["${work}"]) { nodes { work { title } } } }`,
  `{ derivativeWorks(refs: ["${work}"]) { nodes { work { title } } } }`,
  `{ topWorks(by: CITED_BY_COUNT, first: 3, filter: { stored: true, categories: ["hep-th"] }) { nodes { work { title } } } }`,
  `{ topWorks(by: CITED_BY_COUNT, first: 3) { nodes { work { title } } } }`,
  `{ papers(first: 3, filter: { minCitedBy: 1, hasEquivocations: false, isAnchor: true }) { totalCount nodes { title } } }`,
  `{ papers(first: 3, filter: { isAnchor: false }) { totalCount nodes { title } } }`,
  `{ papers(first: 3, orderBy: CITED_BY_DESC, filter: { categories: ["hep-th"], minCitedBy: 1 }) { nodes { title } } }`,
  `{ paper(ref: "2302.12192") { references(first: 2, stored: true, internalAnchor: true) { totalCount nodes { title } } } }`,
  `{ anchorChain(from: "${work}") { works { title } } anchorClaims(ref: "2302.12192", first: 2) { nodes { text } } }`,
  `{ reachableWorks(ref: "${work}", direction: CITED_BY) { total counts } }`,
  `{ citationGraph(roots: ["${work}"], direction: CITED_BY, depth: 1) { edges { provenance { proof } references(first: 2) { title } } } }`,
  `{ event(id: "sha256:${"0".repeat(64)}") { status } node(id: "${seed}") { id } nodes(ids: ["${seed}"]) { id } }`,
  `{ topAnchors(first: 3) { nodes { score work { title } } } }`,
  `{ anchorStats(groupBy: YEAR) { papers } }`,
  `{ anchorStats(groupBy: YEAR, filter: { isAnchor: false }) { papers } }`,
  `{ papers(first: 3, orderBy: CITED_BY_DESC, filter: { categories: ["hep-th"], isAnchor: false }) { totalCount nodes { title } } }`,
  `{ anchorStats(groupBy: PRIMARY_CATEGORY, filter: { minCitedBy: 1 }) { papers internalAnchorsStored } }`,
];
