import type { Pages } from "../api/use-pages.ts";
import { Failure } from "./failure.tsx";

/** Asks for the next page of a list; says where it could not be had. */
export function More<Node>({ pages, what }: { pages: Pages<Node>; what: string }) {
  const { nodes, totalCount, hasMore, isLoading, error } = pages;
  if (error !== null) {
    return (
      <Failure title={`The ${what} could not be loaded`}>
        {error.message}{" "}
        <button type="button" class="link-like" onClick={pages.more}>
          Try again
        </button>
      </Failure>
    );
  }
  if (nodes === undefined) return <p class="soft">Loading the {what} …</p>;
  if (!hasMore) return null;
  return (
    <p class="more">
      <button type="button" class="button" onClick={pages.more} disabled={isLoading}>
        {isLoading ? "Loading …" : `More ${what}`}
      </button>{" "}
      <span class="soft small">
        {nodes.length.toLocaleString("en")} of {totalCount.toLocaleString("en")} shown
      </span>
    </p>
  );
}
