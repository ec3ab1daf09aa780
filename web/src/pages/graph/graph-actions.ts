import { useMemo } from "preact/hooks";
import {
  type ChangePlace,
  type Colours,
  coloursFor,
  emptyNeighbourhood,
  type GraphAnswer,
  type GraphPlace,
  type GraphWork,
  labelOf,
  type Neighbourhood,
  nameOf,
  nameOfCitation,
  type Position,
  type Positions,
  radiusOf,
  shapeOf,
  useLayout,
} from "../../graph/index.ts";
import type { Drawn, Marks } from "../../graph-drawing/index.ts";
import type { Theme } from "../../theme/index.ts";

/** What can be done with works that are shown; all of it goes through the address. */
export type GraphActions = {
  /** Selects a work, alone or besides those that are; one that is, no more. */
  readonly select: (id: string, isAdded: boolean) => void;
  readonly selectNone: () => void;
  readonly expand: (work: GraphWork) => void;
  readonly isExpanded: (work: GraphWork) => boolean;
  readonly togglePin: (work: GraphWork) => void;
  readonly isPinned: (work: GraphWork) => boolean;
  readonly pin: (id: string, to: Position) => void;
  readonly findPath: (from: GraphWork, to: GraphWork) => void;
  readonly noPath: () => void;
};

export function actionsOn(
  { works }: Neighbourhood,
  positions: Positions,
  place: GraphPlace,
  change: ChangePlace,
): GraphActions {
  const isPinned = ({ ref }: GraphWork) => place.pins.some((pin) => pin.ref === ref);
  const pin = (id: string, to: Position) => {
    const ref = works.get(id)?.ref;
    if (ref === undefined) return;
    change({ pins: [...place.pins.filter((each) => each.ref !== ref), { ref, ...to }] }, false);
  };
  const isNamed = (refs: readonly string[], { ref, pithNumber }: GraphWork) =>
    refs.includes(ref) || (pithNumber !== null && refs.includes(pithNumber));
  return {
    select: (id, isAdded) => {
      const work = works.get(id);
      if (work === undefined) return;
      const isSelected = isNamed(place.selected, work);
      const others = place.selected.filter((ref) => ref !== work.ref && ref !== work.pithNumber);
      if (isAdded) change({ selected: isSelected ? others : [...place.selected, work.ref] }, false);
      else change({ selected: isSelected && others.length === 0 ? [] : [work.ref] }, false);
    },
    selectNone: () => change({ selected: [] }, false),
    expand: (work) => change({ expanded: [...place.expanded, work.ref] }),
    isExpanded: (work) => isNamed(place.expanded, work) || isNamed(place.of, work),
    togglePin: (work) => {
      const at = positions.get(work.id);
      if (isPinned(work)) change({ pins: place.pins.filter(({ ref }) => ref !== work.ref) }, false);
      else if (at !== undefined) pin(work.id, at);
    },
    isPinned,
    pin,
    findPath: (from, to) => change({ path: [from.ref, to.ref] }),
    noPath: () => change({ path: null }),
  };
}

/** The works that refs of an address name, as far as they are shown. */
export function worksNamed({ works }: Neighbourhood, refs: readonly string[]): GraphWork[] {
  const byName = new Map<string, GraphWork>();
  for (const work of works.values()) {
    byName.set(work.ref, work);
    if (work.pithNumber !== null) byName.set(work.pithNumber, work);
  }
  return refs.flatMap((ref) => byName.get(ref) ?? []);
}

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
