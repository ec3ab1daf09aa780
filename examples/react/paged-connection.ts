/** A page of any connection of the API. */
export type Page<Row> = {
  readonly totalCount: number;
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};

/** An immutable snapshot for a component: every change makes a new object. */
export type Paged<Row> = {
  readonly rows: readonly Row[];
  /** Null until the first page is loaded. */
  readonly totalCount: number | null;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** The error of the last page; earlier rows stay. */
  readonly error: string | null;
};

/**
 * A connection that grows page by page: a store for React's `useSyncExternalStore`. The next page begins after the last
 * row's cursor, so that new rows neither shift pages nor make a row appear twice.
 */
export class PagedConnection<Row> {
  readonly #fetchPage: (after: string | null) => Promise<Page<Row>>;
  readonly #listeners = new Set<() => void>();
  #after: string | null = null;
  #state: Paged<Row> = { rows: [], totalCount: null, hasMore: true, isLoading: false, error: null };

  constructor(fetchPage: (after: string | null) => Promise<Page<Row>>) {
    this.#fetchPage = fetchPage;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Paged<Row> => this.#state;

  /** Fetches the next page. Does nothing while one is loading, or after the last. Call it again after an error. */
  readonly loadMore = async (): Promise<void> => {
    if (this.#state.isLoading || !this.#state.hasMore) return;
    this.#set({ isLoading: true, error: null });
    try {
      const { nodes, totalCount, pageInfo } = await this.#fetchPage(this.#after);
      this.#after = pageInfo.endCursor;
      this.#set({
        rows: [...this.#state.rows, ...nodes],
        totalCount,
        hasMore: pageInfo.hasNextPage,
        isLoading: false,
      });
    } catch (error) {
      this.#set({ isLoading: false, error: error instanceof Error ? error.message : String(error) });
    }
  };

  #set(change: Partial<Paged<Row>>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
