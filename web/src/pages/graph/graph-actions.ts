import { useMemo } from "preact/hooks";
import {
  type ColourScheme,
  citationKey,
  createColourScheme,
  emptyNeighbourhood,
  type GraphParams,
  type GraphWork,
  type LoadedGraph,
  type Neighbourhood,
  nodeRadius,
  type Position,
  type Positions,
  shapeOfTrust,
  type UpdateParams,
  useLayout,
  workLabel,
  workName,
} from "../../graph/index.ts";
import type { Marks, Scene } from "../../graph-drawing/index.ts";
import type { Theme } from "../../theme/index.ts";

/** The actions on works. All of them change the URL. */
export type GraphActions = {
  /** Toggles a work's selection; `isAdded` keeps the other selected works. */
  readonly select: (id: string, isAdded: boolean) => void;
  readonly clearSelection: () => void;
  readonly expand: (work: GraphWork) => void;
  readonly isExpanded: (work: GraphWork) => boolean;
  readonly togglePin: (work: GraphWork) => void;
  readonly isPinned: (work: GraphWork) => boolean;
  readonly pin: (id: string, to: Position) => void;
  readonly findPath: (from: GraphWork, to: GraphWork) => void;
  readonly clearPath: () => void;
};

export function createGraphActions(
  { works }: Neighbourhood,
  positions: Positions,
  params: GraphParams,
  update: UpdateParams,
): GraphActions {
  const isPinned = ({ ref }: GraphWork) => params.pins.some((pin) => pin.ref === ref);
  const pin = (id: string, to: Position) => {
    const ref = works.get(id)?.ref;
    if (ref === undefined) return;
    update({ pins: [...params.pins.filter((each) => each.ref !== ref), { ref, ...to }] }, false);
  };
  const includesWork = (refs: readonly string[], { ref, pithNumber }: GraphWork) =>
    refs.includes(ref) || (pithNumber !== null && refs.includes(pithNumber));
  return {
    select: (id, isAdded) => {
      const work = works.get(id);
      if (work === undefined) return;
      const isSelected = includesWork(params.selected, work);
      const others = params.selected.filter((ref) => ref !== work.ref && ref !== work.pithNumber);
      if (isAdded) update({ selected: isSelected ? others : [...params.selected, work.ref] }, false);
      else update({ selected: isSelected && others.length === 0 ? [] : [work.ref] }, false);
    },
    clearSelection: () => update({ selected: [] }, false),
    expand: (work) => update({ expanded: [...params.expanded, work.ref] }),
    isExpanded: (work) => includesWork(params.expanded, work) || includesWork(params.roots, work),
    togglePin: (work) => {
      const at = positions.get(work.id);
      if (isPinned(work)) update({ pins: params.pins.filter(({ ref }) => ref !== work.ref) }, false);
      else if (at !== undefined) pin(work.id, at);
    },
    isPinned,
    pin,
    findPath: (from, to) => update({ path: [from.ref, to.ref] }),
    clearPath: () => update({ path: null }),
  };
}

/** The shown works that refs name. */
export function findWorks({ works }: Neighbourhood, refs: readonly string[]): GraphWork[] {
  const byName = new Map<string, GraphWork>();
  for (const work of works.values()) {
    byName.set(work.ref, work);
    if (work.pithNumber !== null) byName.set(work.pithNumber, work);
  }
  return refs.flatMap((ref) => byName.get(ref) ?? []);
}

/** Graphs with at most this many works have all of them labelled. */
const maxAlwaysLabelled = 12;

type RenderedGraph = {
  readonly scene: Scene;
  readonly marks: Marks;
  readonly colourScheme: ColourScheme;
  /** The positions of works. Pins replace the layout's positions. */
  readonly positions: Positions;
  /** Whether the layout is still running. */
  readonly isArranging: boolean;
};

/** The scene and highlights of a graph in the state of the page. */
export function useScene(
  graph: LoadedGraph | null,
  params: GraphParams,
  focused: string | null,
  theme: Theme,
  reducedMotion: boolean,
): RenderedGraph {
  const neighbourhood = graph?.neighbourhood ?? emptyNeighbourhood;
  const layout = useLayout(graph?.neighbourhood ?? null, params.layout, reducedMotion);
  const colourScheme = useMemo(
    () => createColourScheme(neighbourhood, params.colourBy, theme),
    [neighbourhood, params.colourBy, theme],
  );
  const pins = JSON.stringify(params.pins);
  const pinned = useMemo(() => {
    const positions = new Map<string, { x: number; y: number }>();
    for (const { ref, x, y } of params.pins) {
      for (const { id } of findWorks(neighbourhood, [ref])) positions.set(id, { x, y });
    }
    return positions;
  }, [neighbourhood, pins]);
  const positions = useMemo(
    () => (layout === null ? pinned : new Map([...layout.positions, ...pinned])),
    [layout, pinned],
  );
  const scene = useMemo<Scene>(() => {
    if (layout === null) return { works: [], citations: [], scale: null };
    const works = [...layout.neighbourhood.works.values()];
    const maxCitedByCount = Math.max(0, ...works.map(({ citedByCount }) => citedByCount));
    return {
      works: works.map((work) => ({
        id: work.id,
        ...(positions.get(work.id) ?? { x: 0, y: 0 }),
        radius: nodeRadius(work.citedByCount, maxCitedByCount),
        colour: colourScheme.colourOf(work),
        shape: shapeOfTrust(work.trust),
        name: workName(work),
        label: workLabel(work),
        isAlwaysLabelled: work.depth === 0 || works.length <= maxAlwaysLabelled,
      })),
      citations: layout.neighbourhood.citations,
      scale: layout.scale,
    };
  }, [layout, positions, colourScheme]);
  const selected = params.selected.join("\n");
  const path = graph?.path ?? null;
  const marks = useMemo<Marks>(() => {
    const onPath = path?.state === "found" ? path.works : [];
    const steps = onPath.slice(1).flatMap((id, index) => {
      const before = onPath[index] ?? "";
      return [citationKey({ citing: before, cited: id }), citationKey({ citing: id, cited: before })];
    });
    return {
      selected: new Set(findWorks(neighbourhood, params.selected).map(({ id }) => id)),
      pinned: new Set(pinned.keys()),
      focused,
      pathWorks: new Set(onPath),
      pathCitations: new Set(steps),
    };
  }, [neighbourhood, selected, path, pinned, focused]);
  const isArranging =
    graph !== null && !(layout?.isDone === true && layout.neighbourhood === graph.neighbourhood);
  return { scene, marks, colourScheme, positions, isArranging };
}
