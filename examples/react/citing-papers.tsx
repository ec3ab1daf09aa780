import { useEffect, useState, useSyncExternalStore } from "react";
import { execute } from "../typescript/client.ts";
import { graphql, type ResultOf } from "../typescript/graphql.ts";
import { PagedConnection } from "./paged-connection.ts";

const query = graphql(`
  query CitingPapers($ref: String!, $first: Int!, $after: String) {
    work(ref: $ref) {
      citedBy(first: $first, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
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

type CitingPaper = NonNullable<ResultOf<typeof query>["work"]>["citedBy"]["nodes"][number];

/** The papers that cite a work, as a store. */
export function citingPapers(url: string, ref: string, pageSize: number): PagedConnection<CitingPaper> {
  return new PagedConnection(async (after) => {
    const { work } = await execute(url, query, { ref, first: pageSize, after });
    if (work === null) throw new Error(`This mirror knows no work ${ref}.`);
    return work.citedBy;
  });
}

/** A list with a button that adds a page. */
export function CitingPapersList({ connection }: { readonly connection: PagedConnection<CitingPaper> }) {
  const { subscribe, getSnapshot, loadMore } = connection;
  const { rows, totalCount, hasMore, isLoading, error } = useSyncExternalStore(
    subscribe,
    getSnapshot,
    getSnapshot,
  );
  return (
    <section aria-busy={isLoading}>
      <h2>{totalCount === null ? "Cited by" : `Cited by ${totalCount} papers`}</h2>
      <ol>
        {rows.map(({ id, title, submittedAt, verification }) => (
          <li key={id}>
            {title ?? "(no title)"}, {submittedAt.slice(0, 4)} ({verification.proof})
          </li>
        ))}
      </ol>
      {error !== null && <p role="alert">{error}</p>}
      {hasMore && (
        <button type="button" disabled={isLoading} onClick={loadMore}>
          {error === null ? "More" : "Try again"}
        </button>
      )}
    </section>
  );
}

/** `<CitingPapers url="/graphql" workRef="hep-th/9711200" />` */
export function CitingPapers({ url, workRef }: { readonly url: string; readonly workRef: string }) {
  const [connection] = useState(() => citingPapers(url, workRef, 20));
  useEffect(() => {
    void connection.loadMore();
  }, [connection]);
  return <CitingPapersList connection={connection} />;
}
