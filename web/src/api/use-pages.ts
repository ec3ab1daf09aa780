import { useEffect, useState } from "preact/hooks";
import { AskError, ask } from "./ask.ts";
import type { TadaDocumentNode } from "./graphql.ts";
import { queryText } from "./query-text.ts";

export type Connection<Node> = {
  readonly nodes: readonly Node[];
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};

export type Pages<Node> = {
  /** The rows of all pages asked for so far; undefined until the first has come. */
  readonly nodes: readonly Node[] | undefined;
  readonly totalCount: number;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly error: AskError | null;
  /** Asks for the next page. */
  more(): void;
};

type Kept = { readonly nodes: readonly unknown[]; readonly totalCount: number; readonly next: string | null };

/** What was shown, so that going back shows it again at once: as many rows as there were. */
const kept = new Map<string, Kept>();
const mostKept = 40;

function keep(key: string, pages: Kept): void {
  kept.delete(key);
  kept.set(key, pages);
  if (kept.size > mostKept) for (const oldest of [...kept.keys()].slice(0, 1)) kept.delete(oldest);
}

/**
 * A connection, page after page. The document takes `$after`; `pick` finds the connection in an answer, null where
 * there is none.
 */
export function usePages<Data, Variables extends { after?: string | null | undefined }, Node>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  pick: (data: Data) => Connection<Node> | null,
): Pages<Node> {
  const key = `${queryText(document)} ${JSON.stringify(variables)}`;
  const [pages, setPages] = useState<{ key: string; kept: Kept | undefined; error: AskError | null }>({
    key,
    kept: kept.get(key),
    error: null,
  });
  const [wanted, setWanted] = useState(0);
  const shown = pages.key === key ? pages.kept : kept.get(key);
  const isLoading = shown === undefined || wanted > 0;

  // The key stands for document and variables; `wanted` counts what was asked for beyond what is shown.
  useEffect(() => {
    const before = kept.get(key);
    if (before !== undefined && wanted === 0) {
      setPages({ key, kept: before, error: null });
      return;
    }
    const given = new AbortController();
    ask(document, before === undefined ? variables : { ...variables, after: before.next }, given.signal).then(
      (data) => {
        const connection = pick(data);
        const next: Kept = {
          nodes: [...(before?.nodes ?? []), ...(connection?.nodes ?? [])],
          totalCount: connection?.totalCount ?? 0,
          next: connection?.pageInfo.hasNextPage === true ? connection.pageInfo.endCursor : null,
        };
        keep(key, next);
        setWanted(0);
        setPages({ key, kept: next, error: null });
      },
      (error: unknown) => {
        if (given.signal.aborted) return;
        const shownError =
          error instanceof AskError ? error : new AskError(String(error), "INTERNAL_SERVER_ERROR");
        setWanted(0);
        setPages({ key, kept: before, error: shownError });
      },
    );
    return () => given.abort();
  }, [key, wanted]);

  return {
    nodes: shown?.nodes as readonly Node[] | undefined,
    totalCount: shown?.totalCount ?? 0,
    hasMore: shown !== undefined && shown.next !== null,
    isLoading: isLoading && pages.error === null,
    error: pages.key === key ? pages.error : null,
    more: () => setWanted((count) => count + 1),
  };
}
