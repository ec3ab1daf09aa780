import { graphiqlAddress, standaloneQuery } from "../api/behind.ts";
import type { TadaDocumentNode } from "../api/graphql.ts";

/** Opens GraphiQL with the query that a view shows the answer of. */
export function QueryBehind<Data, Variables>({
  document,
  variables,
  of,
}: {
  document: TadaDocumentNode<Data, Variables>;
  variables: Variables;
  /** What the view shows, for who hears the link without seeing where it stands. */
  of: string;
}) {
  return (
    <a class="query-behind small" href={graphiqlAddress(standaloneQuery(document, variables))}>
      The query behind this<span class="only-read">: {of}</span>
    </a>
  );
}
