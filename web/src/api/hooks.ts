import { useEffect, useState } from "preact/hooks";
import { type ApiError, queryText, request, type TadaDocumentNode, toApiError } from "./client.ts";

export type QueryResult<Data> =
  | { readonly state: "loading"; readonly data: undefined }
  | { readonly state: "loaded"; readonly data: Data }
  | { readonly state: "failed"; readonly data: undefined; readonly error: ApiError };

/** A cache of the most recently set values. Going back in the history shows them immediately. */
export class RecentValues<Value> {
  readonly #values = new Map<string, Value>();
  readonly #maxValues: number;

  constructor(maxValues: number) {
    this.#maxValues = maxValues;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#maxValues && oldest !== undefined) this.#values.delete(oldest);
  }
}

const recentResults = new RecentValues<unknown>(60);

/**
 * Runs a query when the component mounts, and again when the variables or `refreshCount` change; a query still
 * running is aborted. The previous result is shown until the new one arrives.
 */
export function useQuery<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  refreshCount = 0,
): QueryResult<Data> {
  const key = `${queryText(document)} ${JSON.stringify(variables)}`;
  const [current, setCurrent] = useState<{ key: string; result: QueryResult<Data> }>(() => ({
    key,
    result: recentResult(key),
  }));
  // The key identifies document and variables.
  useEffect(() => {
    const controller = new AbortController();
    request(document, variables, controller.signal).then(
      (data) => {
        recentResults.set(key, data);
        setCurrent({ key, result: { state: "loaded", data } });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        setCurrent({ key, result: { state: "failed", data: undefined, error: toApiError(error) } });
      },
    );
    return () => controller.abort();
  }, [key, refreshCount]);
  return current.key === key ? current.result : recentResult(key);
}

function recentResult<Data>(key: string): QueryResult<Data> {
  const data = recentResults.get(key) as Data | undefined;
  return data === undefined ? { state: "loading", data: undefined } : { state: "loaded", data };
}

export type Connection<Node> = {
  readonly nodes: readonly Node[];
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};

export type Pages<Node> = {
  /** The rows of all pages loaded so far; undefined until the first page arrives. */
  readonly nodes: readonly Node[] | undefined;
  readonly totalCount: number;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly error: ApiError | null;
  /** Loads the next page. */
  loadMore(): void;
};

type LoadedPages = {
  readonly nodes: readonly unknown[];
  readonly totalCount: number;
  readonly next: string | null;
};

const recentPages = new RecentValues<LoadedPages>(40);

/**
 * Loads a connection page by page. The document takes `$after`. `pick` returns the connection of a response, or null
 * if it has none.
 */
export function usePages<Data, Variables extends { after?: string | null | undefined }, Node>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  pick: (data: Data) => Connection<Node> | null,
): Pages<Node> {
  const key = `${queryText(document)} ${JSON.stringify(variables)}`;
  const [pages, setPages] = useState<{
    key: string;
    loaded: LoadedPages | undefined;
    error: ApiError | null;
  }>({
    key,
    loaded: recentPages.get(key),
    error: null,
  });
  const [requestedPages, setRequestedPages] = useState(0);
  const current = pages.key === key ? pages.loaded : recentPages.get(key);
  const isLoading = current === undefined || requestedPages > 0;

  // The key identifies document and variables. `requestedPages` counts pages requested but not yet loaded.
  useEffect(() => {
    const loaded = recentPages.get(key);
    if (loaded !== undefined && requestedPages === 0) {
      setPages({ key, loaded: loaded, error: null });
      return;
    }
    const controller = new AbortController();
    request(
      document,
      loaded === undefined ? variables : { ...variables, after: loaded.next },
      controller.signal,
    ).then(
      (data) => {
        const connection = pick(data);
        const next: LoadedPages = {
          nodes: [...(loaded?.nodes ?? []), ...(connection?.nodes ?? [])],
          totalCount: connection?.totalCount ?? 0,
          next: connection?.pageInfo.hasNextPage === true ? connection.pageInfo.endCursor : null,
        };
        recentPages.set(key, next);
        setRequestedPages(0);
        setPages({ key, loaded: next, error: null });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        setRequestedPages(0);
        setPages({ key, loaded: loaded, error: toApiError(error) });
      },
    );
    return () => controller.abort();
  }, [key, requestedPages]);

  return {
    nodes: current?.nodes as readonly Node[] | undefined,
    totalCount: current?.totalCount ?? 0,
    hasMore: current !== undefined && current.next !== null,
    isLoading: isLoading && pages.error === null,
    error: pages.key === key ? pages.error : null,
    loadMore: () => setRequestedPages((count) => count + 1),
  };
}
