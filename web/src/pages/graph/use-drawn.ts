import { useMemo } from "preact/hooks";
import type { GraphAnswer } from "../../graph-view/ask-graph.ts";
import type { Drawn, Marks } from "../../graph-view/drawing/drawn.ts";
import type { GraphPlace } from "../../graph-view/graph-place.ts";
import { emptyNeighbourhood, nameOf, nameOfCitation } from "../../graph-view/neighbourhood.ts";
import { radiusOf } from "../../graph-view/node-size.ts";
import { type Colours, coloursFor, shapeOf } from "../../graph-view/palette.ts";
import type { Positions } from "../../graph-view/positions.ts";
import { useLayout } from "../../graph-view/use-layout.ts";
import { labelOf } from "../../graph-view/work-label.ts";
import type { Theme } from "../../theme/theme.ts";
import { worksNamed } from "./graph-actions.ts";

/** So many works, or fewer, are all labelled. */
const fewWorks = 12;

type Shown = {
  readonly drawn: Drawn;
  readonly marks: Marks;
  readonly colours: Colours;
  /** Where works stand, pinned ones where they were put. */
  readonly positions: Positions;
  /** Whether works are still being placed. */
  readonly isPlacing: boolean;
};

/** What the picture of an answer is made of, as the place wants it. */
export function useDrawn(
  answer: GraphAnswer | null,
  place: GraphPlace,
  focused: string | null,
  theme: Theme,
  isCalm: boolean,
): Shown {
  const neighbourhood = answer?.neighbourhood ?? emptyNeighbourhood;
  const laidOut = useLayout(answer?.neighbourhood ?? null, place.layout, isCalm);
  const colours = useMemo(
    () => coloursFor(neighbourhood, place.colouring, theme),
    [neighbourhood, place.colouring, theme],
  );
  const pins = JSON.stringify(place.pins);
  const pinned = useMemo(() => {
    const positions = new Map<string, { x: number; y: number }>();
    for (const { ref, x, y } of place.pins) {
      for (const { id } of worksNamed(neighbourhood, [ref])) positions.set(id, { x, y });
    }
    return positions;
  }, [neighbourhood, pins]);
  const positions = useMemo(
    () => (laidOut === null ? pinned : new Map([...laidOut.positions, ...pinned])),
    [laidOut, pinned],
  );
  const drawn = useMemo<Drawn>(() => {
    if (laidOut === null) return { works: [], citations: [], scale: null };
    const works = [...laidOut.neighbourhood.works.values()];
    const mostCited = Math.max(0, ...works.map(({ citedByCount }) => citedByCount));
    return {
      works: works.map((work) => ({
        id: work.id,
        ...(positions.get(work.id) ?? { x: 0, y: 0 }),
        radius: radiusOf(work.citedByCount, mostCited),
        colour: colours.of(work),
        shape: shapeOf(work.trust),
        name: nameOf(work),
        label: labelOf(work),
        isNamed: work.depth === 0 || works.length <= fewWorks,
      })),
      citations: laidOut.neighbourhood.citations,
      scale: laidOut.scale,
    };
  }, [laidOut, positions, colours]);
  const selected = place.selected.join("\n");
  const path = answer?.path ?? null;
  const marks = useMemo<Marks>(() => {
    const onPath = path?.state === "found" ? path.works : [];
    const steps = onPath.slice(1).flatMap((id, index) => {
      const before = onPath[index] ?? "";
      return [nameOfCitation({ citing: before, cited: id }), nameOfCitation({ citing: id, cited: before })];
    });
    return {
      selected: new Set(worksNamed(neighbourhood, place.selected).map(({ id }) => id)),
      pinned: new Set(pinned.keys()),
      focused,
      pathWorks: new Set(onPath),
      pathCitations: new Set(steps),
    };
  }, [neighbourhood, selected, path, pinned, focused]);
  const isPlacing =
    answer !== null && !(laidOut?.isDone === true && laidOut.neighbourhood === answer.neighbourhood);
  return { drawn, marks, colours, positions, isPlacing };
}
