import { useState } from "preact/hooks";
import { graphql } from "../../../api/graphql.ts";
import { useAnswer } from "../../../api/use-answer.ts";
import { Failure } from "../../../shell/failure.tsx";

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
      Show what it says
    </button>
  );
}

function Shown({ eventId }: { eventId: string }) {
  const answer = useAnswer(payloadQuery, { id: eventId });
  if (answer.state === "failed")
    return <Failure title="It could not be loaded">{answer.error.message}</Failure>;
  if (answer.state === "loading") return <p class="soft small">Loading …</p>;
  const text = JSON.stringify(answer.data.event?.payload ?? null, null, 2);
  return (
    <pre class="payload">
      <bdi>{text.slice(0, mostShown)}</bdi>
      {text.length > mostShown && "\n… The bundle has all of it."}
    </pre>
  );
}
