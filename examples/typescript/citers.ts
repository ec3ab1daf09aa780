// Lists all papers that cite a work: `npx tsx examples/typescript/citers.ts [URL] [REF]`
import { pathToFileURL } from "node:url";
import { ApiError, execute } from "./client.ts";
import { graphql, type ResultOf } from "./graphql.ts";

const citersQuery = graphql(`
  query Citers($ref: String!, $first: Int!, $after: String) {
    work(ref: $ref) {
      title
      citedBy(first: $first, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          pithNumber
          title
          submittedAt
          verification {
            proof
          }
        }
      }
    }
  }
`);

export type Citer = NonNullable<ResultOf<typeof citersQuery>["work"]>["citedBy"]["nodes"][number];

/** All papers that cite a work, the latest first, read page by page on demand. */
export async function* citersOf(url: string, ref: string, pageSize = 100): AsyncGenerator<Citer> {
  for (let after: string | null = null; ; ) {
    const data: ResultOf<typeof citersQuery> = await execute(url, citersQuery, {
      ref,
      first: pageSize,
      after,
    });
    if (data.work === null) throw new Error(`This mirror knows no work ${ref}.`);
    const { nodes, pageInfo } = data.work.citedBy;
    yield* nodes;
    if (!pageInfo.hasNextPage) return;
    after = pageInfo.endCursor;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { PITH_GRAPH_URL = "http://127.0.0.1:4000" } = process.env;
  const [url = PITH_GRAPH_URL, ref = "hep-th/9711200"] = process.argv.slice(2);
  try {
    for await (const { submittedAt, title, verification } of citersOf(url, ref)) {
      console.log(`${submittedAt.slice(0, 10)}  ${verification.proof.padEnd(7)}  ${title ?? "(no title)"}`);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    process.exitCode = 1;
  }
}
