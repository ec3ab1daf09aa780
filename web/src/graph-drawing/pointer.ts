import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { Position } from "../graph/index.ts";
import type { GraphState, NodeAttributes, NodeState } from "./appearance.ts";

type Renderer = Pick<
  Sigma<NodeAttributes, Record<string, unknown>, Record<string, unknown>, NodeState, object, GraphState>,
  "on" | "setNodeState" | "getGraph" | "getContainer"
>;

type HoverOptions = {
  /** The work at a point of the picture, in pixels. */
  readonly workAt: (point: Position) => string | null;
  /** Whether something is being dragged. The hovered work does not change during that. */
  readonly isDragging: () => boolean;
  /** Called with null when the pointer leaves a work. */
  readonly onChange: (id: string | null) => void;
};

/**
 * Tracks the hovered work, also when the pointer rests and works move below it. Sigma would draw all works again in
 * each frame to find it; searching at most 1,000 works takes 0.1 ms.
 */
export class HoverTracker {
  readonly #renderer: Renderer;
  readonly #options: HoverOptions;
  /** Null while the pointer is outside the picture. */
  #pointer: Position | null = null;
  #isWithin = false;
  #id: string | null = null;

  constructor(renderer: Renderer, options: HoverOptions) {
    this.#renderer = renderer;
    this.#options = options;
    renderer.on("enterStage", ({ event }) => {
      this.#isWithin = true;
      this.#moveTo(event);
    });
    renderer.on("leaveStage", () => {
      this.#isWithin = false;
      this.#moveTo(null);
    });
    renderer.on("moveBody", ({ event }) => {
      if (this.#isWithin) this.#moveTo(event);
    });
    // Touches cause no enter event.
    renderer.on("downStage", ({ event }) => this.#moveTo(event));
    renderer.on("afterRender", () => this.update());
  }

  /** Looks again: works may have moved or been dropped. */
  update(): void {
    if (this.#options.isDragging()) return;
    const id = this.#pointer === null ? null : this.#options.workAt(this.#pointer);
    if (id === this.#id) return;
    for (const [work, isUnderPointer] of [
      [this.#id, false],
      [id, true],
    ] as const) {
      if (work !== null && this.#renderer.getGraph().hasNode(work)) {
        this.#renderer.setNodeState(work, { isUnderPointer });
      }
    }
    this.#id = id;
    this.#renderer.getContainer().style.cursor = id === null ? "" : "pointer";
    this.#options.onChange(id);
  }

  #moveTo(pointer: Position | null): void {
    this.#pointer = pointer === null ? null : { x: pointer.x, y: pointer.y };
    this.update();
  }
}

type DragRenderer = Pick<
  Sigma<NodeAttributes, Record<string, unknown>, Record<string, unknown>, NodeState, object, GraphState>,
  "on" | "refresh" | "setNodeState" | "viewportToGraph"
>;

type DraggedWork = { readonly id: string; readonly from: Position; readonly pointerStart: Position };

export type DragListeners = {
  readonly onStart: () => void;
  /** The work was moved; the next frame draws it there. */
  readonly onMove: (id: string) => void;
  /** The work was dropped; `to` is null if its position is unchanged. */
  readonly onEnd: (id: string, to: Position | null) => void;
};

/**
 * Drags works by mouse or touch. Sigma's own dragging re-indexes the whole graph for each changed coordinate. This
 * one only writes the dragged work's position; labels and the bounding box follow when it is dropped.
 */
export class WorkDrag {
  readonly #renderer: DragRenderer;
  readonly #graph: DirectedGraph<NodeAttributes>;
  readonly #listeners: DragListeners;
  #dragged: DraggedWork | null = null;
  #isMoving = false;

  constructor(
    renderer: DragRenderer,
    graph: DirectedGraph<NodeAttributes>,
    workAt: (place: Position) => string | null,
    listeners: DragListeners,
  ) {
    this.#renderer = renderer;
    this.#graph = graph;
    this.#listeners = listeners;
    renderer.on("downStage", ({ event }) => {
      const id = isButtonDown(event.original) ? workAt(event) : null;
      if (id === null) return;
      const { x, y } = graph.getNodeAttributes(id);
      this.#dragged = { id, from: { x, y }, pointerStart: renderer.viewportToGraph(event) };
    });
    renderer.on("moveBody", ({ event, preventSigmaDefault }) => {
      if (this.#dragged === null) return;
      // The button may have been released outside of the window.
      if (!isButtonDown(event.original) || !graph.hasNode(this.#dragged.id)) {
        this.end();
        return;
      }
      preventSigmaDefault();
      this.#move(this.#dragged, renderer.viewportToGraph(event));
    });
    renderer.on("upStage", () => this.end());
  }

  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** Drops the dragged work, even if it was removed meanwhile. */
  end(): void {
    const dragged = this.#dragged;
    this.#dragged = null;
    if (dragged === null || !this.#isMoving) return;
    this.#isMoving = false;
    const { id, from } = dragged;
    let to: Position | null = null;
    if (this.#graph.hasNode(id)) {
      const { x, y } = this.#graph.getNodeAttributes(id);
      this.#renderer.setNodeState(id, { isDragged: false });
      this.#graph.mergeNodeAttributes(id, { x, y });
      if (x !== from.x || y !== from.y) to = { x, y };
    }
    this.#listeners.onEnd(id, to);
  }

  #move({ id, from, pointerStart }: DraggedWork, pointer: Position): void {
    if (!this.#isMoving) {
      this.#isMoving = true;
      this.#renderer.setNodeState(id, { isDragged: true });
      this.#listeners.onStart();
    }
    // Mutate the attributes directly: an update event would make sigma read all nodes again.
    const attributes = this.#graph.getNodeAttributes(id);
    attributes.x = from.x + pointer.x - pointerStart.x;
    attributes.y = from.y + pointer.y - pointerStart.y;
    this.#renderer.refresh({ partialGraph: { nodes: [id] }, skipIndexation: true, schedule: true });
    this.#listeners.onMove(id);
  }
}

/** Whether the primary button or a finger is down. */
function isButtonDown(event: MouseEvent | TouchEvent): boolean {
  return "buttons" in event ? (event.buttons & 1) === 1 : true;
}

/** A work as a disc, for hit testing. */
export type Disc = Position & {
  readonly id: string;
  readonly radius: number;
  readonly isHighlighted: boolean;
};

/**
 * The work at a point, or at most `padding` beside it; null if there is none. Of several, a highlighted one, then the
 * smallest, as these are drawn on top. All lengths are in the same unit.
 */
export function workAt(place: Position, works: Iterable<Disc>, padding: number): string | null {
  let found: Disc | null = null;
  for (const work of works) {
    if (Math.hypot(work.x - place.x, work.y - place.y) > work.radius + padding) continue;
    if (found === null || isAbove(work, found)) found = work;
  }
  return found?.id ?? null;
}

function isAbove(work: Disc, other: Disc): boolean {
  if (work.isHighlighted !== other.isHighlighted) return work.isHighlighted;
  return work.radius < other.radius;
}
