import { useState } from "preact/hooks";
import { graphql } from "../../../api/graphql.ts";
import { useAnswer } from "../../../api/use-answer.ts";
import { ErrorNotice } from "../../../shell/error-notice.tsx";

const payloadQuery = graphql(`
  query Payload($id: String!) {
    event(id: $id) {
      payload
    }
  }
`);

/** Characters that are shown of a payload; the bundle has all of it. */
const mostShown = 20_000;

/** What an event says, asked for when somebody wants to see it. */
export function Payload({ eventId }: { eventId: string }) {
  const [isWanted, setWanted] = useState(false);
  if (isWanted) return <Shown eventId={eventId} />;
  return (
    <button type="button" class="link-like" onClick={() => setWanted(true)}>
      Show the payload
    </button>
  );
}

function Shown({ eventId }: { eventId: string }) {
  const [turn, setTurn] = useState(0);
  const answer = useAnswer(payloadQuery, { id: eventId }, turn);
  if (answer.state === "failed") return <ErrorNotice error={answer.error} retry={() => setTurn(turn + 1)} />;
  if (answer.state === "loading") return <p class="soft small">Loading …</p>;
  const text = JSON.stringify(answer.data.event?.payload ?? null, null, 2);
  return (
    <pre class="payload">
      <bdi>{text.slice(0, mostShown)}</bdi>
      {text.length > mostShown && "\n… The bundle has all of it."}
    </pre>
  );
}
