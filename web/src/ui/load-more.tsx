import type { Pages } from "../api/index.ts";
import { ErrorNotice } from "./error-notice.tsx";

/** A button for the next page of a list, or the error of loading it. */
export function LoadMore<Node>({ pages, noun }: { pages: Pages<Node>; noun: string }) {
  const { nodes, totalCount, hasMore, isLoading, error } = pages;
  if (error !== null) return <ErrorNotice error={error} retry={pages.loadMore} />;
  if (nodes === undefined) return <p class="soft">Loading the {noun} …</p>;
  if (!hasMore) return null;
  return (
    <p class="more">
      <button type="button" class="button" onClick={pages.loadMore} disabled={isLoading}>
        {isLoading ? "Loading …" : `More ${noun}`}
      </button>{" "}
      <span class="soft small">
        {nodes.length.toLocaleString("en")} of {totalCount.toLocaleString("en")} shown
      </span>
    </p>
  );
}
