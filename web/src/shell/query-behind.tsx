import { graphiqlAddress, standaloneQuery } from "../api/behind.ts";
import type { TadaDocumentNode } from "../api/graphql.ts";

/** Opens GraphiQL with the query whose answer a view shows. */
export function QueryBehind<Data, Variables>({
  document,
  variables,
  of,
}: {
  document: TadaDocumentNode<Data, Variables>;
  variables: Variables;
  /** What the view shows, for screen readers. */
  of: string;
}) {
  return (
    <a class="query-behind small" href={graphiqlAddress(standaloneQuery(document, variables))}>
      GraphQL query<span class="only-read">: {of}</span>
    </a>
  );
}
