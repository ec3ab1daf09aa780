import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { Position } from "../graph/index.ts";
import type { GraphState, NodeAttributes, NodeState } from "./appearance.ts";

type Renderer = Pick<
  Sigma<NodeAttributes, Record<string, unknown>, Record<string, unknown>, NodeState, object, GraphState>,
  "on" | "setNodeState" | "getGraph" | "getContainer"
>;

type HoverOptions = {
  /** The work at a place of the picture, in pixels. */
  readonly workAt: (point: Position) => string | null;
  /** Whether something is being dragged: what is pointed at then stays so. */
  readonly isDragging: () => boolean;
  /** Another work is pointed at; null: none any more. */
  readonly onChange: (id: string | null) => void;
};

/**
 * Which work the pointer is at. Also where it rests, and the works move. sigma would draw all works once more in each
 * frame to tell; they are a thousand at most, so looking through them takes a tenth of a millisecond.
 */
export class HoverTracker {
  readonly #renderer: Renderer;
  readonly #options: HoverOptions;
  /** Null while the pointer is elsewhere. */
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
    // A finger enters nothing.
    renderer.on("downStage", ({ event }) => this.#moveTo(event));
    renderer.on("afterRender", () => this.update());
  }

  /** Looks again: works may have moved, or have been put down. */
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
  /** A step: the work has been moved, and is drawn there with the next frame. */
  readonly onMove: (id: string) => void;
  /** It was put down; `to` is null where it was before. */
  readonly onEnd: (id: string, to: Position | null) => void;
};

/**
 * Drags works about, by mouse or touch. sigma can, but then sets the work's coordinates one by one, and reads all works
 * anew for each. Here only the one that moves is written; the rest (names, the view's extent) follows when it is put
 * down.
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
      // The button may have been let go where no page hears of it.
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

  /** Puts down what is dragged, where it is; also where it has gone. */
  end(): void {
    const held = this.#dragged;
    this.#dragged = null;
    if (held === null || !this.#isMoving) return;
    this.#isMoving = false;
    const { id, from } = held;
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
    // Written into the graph itself: whoever is told of a change of a node reads all of them anew.
    const attributes = this.#graph.getNodeAttributes(id);
    attributes.x = from.x + pointer.x - pointerStart.x;
    attributes.y = from.y + pointer.y - pointerStart.y;
    this.#renderer.refresh({ partialGraph: { nodes: [id] }, skipIndexation: true, schedule: true });
    this.#listeners.onMove(id);
  }
}

/** Whether the pointer's first button, or a finger, is down. */
function isButtonDown(event: MouseEvent | TouchEvent): boolean {
  return "buttons" in event ? (event.buttons & 1) === 1 : true;
}

/** A work as it is pointed at: a disc. */
export type Disc = Position & {
  readonly id: string;
  readonly radius: number;
  readonly isHighlighted: boolean;
};

/**
 * The work that is seen at a place, or at most `padding` beside it; null where none is. Of several, one that stands out,
 * and then the smallest: these are drawn over the others. All lengths are of one unit.
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
