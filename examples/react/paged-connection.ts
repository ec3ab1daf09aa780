/** A page as every connection of the API has it. */
export type Page<Row> = {
  readonly totalCount: number;
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};

/** What a component shows. Another object for every change, and never one that is changed. */
export type Paged<Row> = {
  readonly rows: readonly Row[];
  /** Null until the first page is there. */
  readonly totalCount: number | null;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** Why the last page did not come; the rows before stay. */
  readonly error: string | null;
};

/**
 * A connection that grows page by page: a store for React's `useSyncExternalStore`. The cursor of the last row leads
 * to the next page, so rows that come in meanwhile neither shift pages nor show a row twice.
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

  /** Fetches the next page. Does nothing while one is under way, or after the last; tried again after an error. */
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
