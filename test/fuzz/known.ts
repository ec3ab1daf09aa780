/** Identifiers that exist on the server under test, by kind. */
export type Known = {
  readonly ids: readonly string[];
  readonly refs: readonly string[];
  readonly events: readonly string[];
  readonly cursors: readonly string[];
};

type Answer = {
  readonly data: {
    readonly papers: {
      readonly edges: readonly {
        readonly cursor: string;
        readonly node: {
          readonly id: string;
          readonly pithNumber: string;
          readonly shortPithNumber: string;
          readonly source: { readonly identifier: string };
          readonly work: {
            readonly id: string;
            readonly workIds: readonly string[];
            readonly doi: string | null;
          };
          readonly events: {
            readonly edges: readonly {
              readonly cursor: string;
              readonly node: { readonly id: string; readonly eventId: string };
            }[];
          };
          readonly claims: {
            readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
          };
        };
      }[];
    };
  };
};

const query = `{ papers(first: 30, orderBy: CITED_BY_DESC) { edges { cursor node { id pithNumber shortPithNumber source { identifier }
  work { id workIds doi } events(first: 3) { edges { cursor node { id eventId } } }
  claims(first: 3) { edges { cursor node { id } } } } } } }`;

/** Reads identifiers from the server, always the same ones. */
export async function fetchKnown(url: string): Promise<Known> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as Answer;
  const rows = data.papers.edges;
  const inner = rows.flatMap(({ node }) => [...node.events.edges, ...node.claims.edges]);
  return {
    ids: [...rows.flatMap(({ node }) => [node.id, node.work.id]), ...inner.map(({ node }) => node.id)],
    refs: rows.flatMap(({ node }) => [
      node.pithNumber,
      node.shortPithNumber,
      node.source.identifier,
      ...node.work.workIds,
      ...(node.work.doi === null ? [] : [node.work.doi]),
    ]),
    events: rows.flatMap(({ node }) => node.events.edges.map((edge) => edge.node.eventId)),
    cursors: [...rows.map(({ cursor }) => cursor), ...inner.map(({ cursor }) => cursor)],
  };
}
