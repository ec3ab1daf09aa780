/** The limits of the API's `search`. */
export const longestQuery = 500;
const mostTerms = 32;

/** Why the API refuses a query, as people read it; null where it does not. */
export function refusalOf(query: string): string | null {
  if (query.length > longestQuery) return `Searches are limited to ${longestQuery} characters.`;
  const terms = query.match(/"[^"]*"?|[^\s"]+/g) ?? [];
  return terms.length > mostTerms ? `Searches are limited to ${mostTerms} words.` : null;
}
