import { serverAddress } from "../routing/addresses.ts";
import type { TadaDocumentNode } from "./graphql.ts";
import { queryText } from "./query-text.ts";

export type FollowState = "connecting" | "listening" | "lost";

type Listeners<Data> = {
  readonly next: (data: Data) => void;
  readonly state: (state: FollowState) => void;
};

const pauseBeforeAnew = 5_000;

/**
 * Follows a subscription over Server-Sent Events until what is returned is called. A connection that breaks is made
 * anew by the browser, which sends the last id it saw (`Last-Event-ID`); one that the server ends or refuses is made
 * anew here, from the last id as `$after`. So nothing is missed.
 */
export function follow<Data>(
  document: TadaDocumentNode<Data, { after?: string | null }>,
  { next, state }: Listeners<Data>,
): () => void {
  let last: string | null = null;
  let events: EventSource;
  let pause: ReturnType<typeof setTimeout> | undefined;

  const open = () => {
    state("connecting");
    const parameters = new URLSearchParams({ query: queryText(document) });
    if (last !== null) parameters.set("variables", JSON.stringify({ after: last }));
    events = new EventSource(serverAddress(`graphql?${parameters}`));
    events.addEventListener("open", () => state("listening"));
    events.addEventListener("next", ({ data, lastEventId }: MessageEvent<string>) => {
      if (lastEventId !== "") last = lastEventId;
      const answer = JSON.parse(data) as { data?: Data | null };
      if (answer.data !== undefined && answer.data !== null) next(answer.data);
    });
    events.addEventListener("complete", anew);
    events.addEventListener("error", () => {
      state("lost");
      if (events.readyState === EventSource.CLOSED) anew();
    });
  };
  const anew = () => {
    events.close();
    state("lost");
    clearTimeout(pause);
    pause = setTimeout(open, pauseBeforeAnew);
  };
  open();
  return () => {
    clearTimeout(pause);
    events.close();
  };
}
