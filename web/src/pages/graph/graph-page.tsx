import "./graph.css";
import { useMemo, useState } from "preact/hooks";
import { type ChangePlace, readGraphPlace, writeGraphPlace } from "../../graph-view/graph-place.ts";
import { useGraph } from "../../graph-view/use-graph.ts";
import { graphAddressOf } from "../../routing/addresses.ts";
import { goTo, useAddress } from "../../routing/navigation.ts";
import { useTitle } from "../../shell/use-title.ts";
import { AskFailure } from "./ask-failure.tsx";
import { GraphStart } from "./graph-start.tsx";
import { GraphView } from "./graph-view.tsx";
import { WorkForm } from "./work-form.tsx";

export function GraphPage() {
  const address = useAddress();
  const place = useMemo(() => readGraphPlace(address.searchParams), [address.search]);
  const change: ChangePlace = (changes, isStep = true) => {
    // As it is now: two changes may come before the page is drawn again.
    const now = readGraphPlace(new URL(location.href).searchParams);
    goTo(graphAddressOf(writeGraphPlace({ ...now, ...changes })), isStep ? "push" : "replace");
  };
  const [turn, setTurn] = useState(0);
  const { answer, isAsking, error } = useGraph(place, turn);
  useTitle(place.of.length === 0 ? "Graph" : `Graph of ${place.of.join(", ")}`);
  return (
    <div class="graph-page">
      <div class="graph-head">
        <h1>Citations</h1>
        <WorkForm place={place} change={change} />
      </div>
      {place.of.length === 0 && <GraphStart />}
      {error !== null && <AskFailure error={error} names={place.of} retry={() => setTurn(turn + 1)} />}
      {place.of.length > 0 && (error === null || answer !== null) && (
        <GraphView place={place} change={change} answer={answer} isAsking={isAsking} />
      )}
    </div>
  );
}
