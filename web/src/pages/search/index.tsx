import { usePages } from "../../api/index.ts";
import { overviewUrl, type Route, useTitle } from "../../routing/index.ts";
import { hitUrl, queryProblem, SearchBox, SearchResult, searchQuery } from "../../search/index.ts";
import { ErrorNotice, LoadMore, QueryLink } from "../../ui/index.ts";

const pageSize = 20;

/** All results of a search. */
export function SearchPage({ route: { query } }: { route: Extract<Route, { page: "search" }> }) {
  useTitle(query === "" ? "Search" : query);
  const refused = queryProblem(query);
  const variables = { query, first: pageSize };
  const pages = usePages(searchQuery, variables, ({ search }) => ({ ...search, nodes: search.edges }));
  const matchType = pages.nodes?.[0]?.matchType;
  return (
    <>
      <h1>Search results</h1>
      <SearchBox key={query} size="large" initial={query} />
      <div class="results-head">
        <p role="status">
          {pages.error === null &&
            (pages.nodes === undefined
              ? "Searching …"
              : `${pages.totalCount.toLocaleString("en")} found for “${query.slice(0, 100)}”.`)}
          {matchType === "IDENTIFIER" && " Exact match."}
          {matchType === "FUZZY" && " No exact matches. Showing similar titles and authors."}
        </p>
        <QueryLink document={searchQuery} variables={variables} label="the results" />
      </div>
      <ol class="results">
        {pages.nodes?.map((found) => (
          <li key={found.cursor}>
            <a class="hit" href={hitUrl(found)}>
              <SearchResult hit={found} />
            </a>
          </li>
        ))}
      </ol>
      {query.trim() !== "" && pages.nodes?.length === 0 && (
        <div class="empty">
          <p>No paper or claim in this mirror matches.</p>
          <p class="soft">
            Try fewer words, or an arXiv id, a DOI or a Pith number. The <a href={overviewUrl()}>overview</a>{" "}
            shows what this mirror contains.
          </p>
        </div>
      )}
      {refused !== null && pages.error !== null ? (
        <ErrorNotice error={pages.error} title="This search is too long" text={refused} />
      ) : (
        <LoadMore pages={pages} noun="results" />
      )}
    </>
  );
}
