import { usePages } from "../../api/index.ts";
import { overviewAddress, type Place, useTitle } from "../../routing/index.ts";
import { FindBox, FoundItem, foundAddress, refusalOf, searchQuery } from "../../search/index.ts";
import { ErrorNotice, More, QueryBehind } from "../../ui/index.ts";

const pageSize = 20;

/** All results of a search. */
export function SearchPage({ place: { query } }: { place: Extract<Place, { page: "search" }> }) {
  useTitle(query === "" ? "Search" : query);
  const refused = refusalOf(query);
  const variables = { query, first: pageSize };
  const pages = usePages(searchQuery, variables, ({ search }) => ({ ...search, nodes: search.edges }));
  const matchType = pages.nodes?.[0]?.matchType;
  return (
    <>
      <h1>Search results</h1>
      <FindBox key={query} size="large" initial={query} />
      <div class="results-head">
        <p role="status">
          {pages.error === null &&
            (pages.nodes === undefined
              ? "Searching …"
              : `${pages.totalCount.toLocaleString("en")} found for “${query.slice(0, 100)}”.`)}
          {matchType === "IDENTIFIER" && " Exact match."}
          {matchType === "FUZZY" && " No exact matches. Showing similar titles and authors."}
        </p>
        <QueryBehind document={searchQuery} variables={variables} of="the results" />
      </div>
      <ol class="results">
        {pages.nodes?.map((found) => (
          <li key={found.cursor}>
            <a class="found" href={foundAddress(found)}>
              <FoundItem found={found} />
            </a>
          </li>
        ))}
      </ol>
      {query.trim() !== "" && pages.nodes?.length === 0 && (
        <div class="empty">
          <p>No paper or claim in this mirror matches.</p>
          <p class="soft">
            Try fewer words, or an arXiv id, a DOI or a Pith number. The{" "}
            <a href={overviewAddress()}>overview</a> shows what this mirror contains.
          </p>
        </div>
      )}
      {refused !== null && pages.error !== null ? (
        <ErrorNotice error={pages.error} title="This search is too long" text={refused} />
      ) : (
        <More pages={pages} what="results" />
      )}
    </>
  );
}
