import { serverAddress } from "../routing/addresses.ts";
import { root } from "../routing/root.ts";
import type { FollowState } from "./event-stream.ts";
import type { TadaDocumentNode } from "./graphql.ts";
import { queryText } from "./query-text.ts";
import { shareStream } from "./shared-stream.ts";

type Listeners<Data> = {
  readonly next: (data: Data) => void;
  readonly state: (state: FollowState) => void;
};

/** Follows a subscription until the returned function is called. After a lost connection it resumes with `$after`. */
export function follow<Data>(
  document: TadaDocumentNode<Data, { after?: string | null }>,
  { next, state }: Listeners<Data>,
): () => void {
  const query = queryText(document);
  const addressAfter = (id: string | null) => {
    const parameters = new URLSearchParams({ query });
    if (id !== null) parameters.set("variables", JSON.stringify({ after: id }));
    return serverAddress(`graphql?${parameters}`);
  };
  // Tabs with another version of the explorer have another query, and a stream of their own.
  return shareStream(`pith-graph ${root.pathname} ${query}`, addressAfter, {
    state,
    event: ({ data }) => {
      const answer = JSON.parse(data) as { data?: Data | null };
      if (answer.data !== undefined && answer.data !== null) next(answer.data);
    },
  });
}
