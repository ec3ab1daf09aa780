import { usePages } from "../../api/use-pages.ts";
import { FindBox } from "../../find/find-box.tsx";
import { foundAddress } from "../../find/found-address.ts";
import { FoundItem } from "../../find/found-item.tsx";
import { searchQuery } from "../../find/search-query.ts";
import { overviewAddress, type Place } from "../../routing/addresses.ts";
import { More } from "../../shell/more.tsx";
import { QueryBehind } from "../../shell/query-behind.tsx";
import { useTitle } from "../../shell/use-title.ts";

const pageSize = 20;

/** All that a query finds. */
export function SearchPage({ place: { query } }: { place: Extract<Place, { page: "search" }> }) {
  useTitle(query === "" ? "Find" : query);
  const variables = { query, first: pageSize };
  const pages = usePages(searchQuery, variables, ({ search }) => ({ ...search, nodes: search.edges }));
  const matchedBy = pages.nodes?.[0]?.matchedBy;
  return (
    <>
      <h1>Results</h1>
      <FindBox key={query} size="large" initial={query} />
      <div class="results-head">
        <p role="status">
          {pages.nodes === undefined
            ? "Looking …"
            : `${pages.totalCount.toLocaleString("en")} found for “${query.slice(0, 100)}”.`}
          {matchedBy === "IDENTIFIER" && " The query names it."}
          {matchedBy === "LIKENESS" && " Nothing has all the words; these are like them, letter by letter."}
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
          <p>Nothing that this mirror holds has these words, or words like them.</p>
          <p class="soft">
            Try fewer words, or an identifier: an arXiv id, a DOI or a Pith number. What is held is listed in
            the <a href={overviewAddress()}>overview</a>.
          </p>
        </div>
      )}
      <More pages={pages} what="results" />
    </>
  );
}
