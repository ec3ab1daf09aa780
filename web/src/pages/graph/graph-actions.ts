import type { ChangePlace, GraphPlace } from "../../graph-view/graph-place.ts";
import type { GraphWork, Neighbourhood } from "../../graph-view/neighbourhood.ts";
import type { Position, Positions } from "../../graph-view/positions.ts";

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
