import type { ChangePlace, GraphPlace } from "../../graph-view/graph-place.ts";
import { type GraphWork, nameOf } from "../../graph-view/neighbourhood.ts";
import { graphAddress, paperAddress } from "../../routing/addresses.ts";
import { Said } from "../../text/said.tsx";

/** Instead of a picture of a single work: why nothing is drawn, and what to do. */
export function EmptyGraph({
  work,
  place: { direction, depth },
  change,
}: {
  work: GraphWork;
  place: GraphPlace;
  change: ChangePlace;
}) {
  const isNarrow = direction !== "BOTH" || depth === 0;
  return (
    <section class="empty graph-empty" aria-labelledby="graph-empty">
      <h2 id="graph-empty">{isNarrow ? "Nothing to draw with these settings" : "No citations to draw"}</h2>
      <p>
        <a href={paperAddress(work.pithNumber ?? work.ref)}>
          <Said text={nameOf(work)} most={200} canGrow={false} />
        </a>
      </p>
      <p class="soft">
        {isNarrow
          ? "This work has no citations of the kind and distance that you chose."
          : "This mirror knows no references of this work, and no paper that cites it."}
      </p>
      <p class="buttons">
        {isNarrow && (
          <button
            type="button"
            class="button first"
            onClick={() => change({ direction: "BOTH", depth: Math.max(1, depth) })}
          >
            Show references and citations
          </button>
        )}
        <a class="button" href={graphAddress([])}>
          Choose another starting point
        </a>
      </p>
    </section>
  );
}
