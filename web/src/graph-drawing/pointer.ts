import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { Position } from "../graph/index.ts";
import type { GraphState, NodeAttributes, NodeState } from "./appearance.ts";

type Renderer = Pick<
  Sigma<NodeAttributes, Record<string, unknown>, Record<string, unknown>, NodeState, object, GraphState>,
  "on" | "setNodeState" | "getGraph" | "getContainer"
>;

type Options = {
  /** The work at a place of the picture, in pixels. */
  readonly workAt: (place: Position) => string | null;
  /** Whether something is being dragged: what is pointed at then stays so. */
  readonly isHeld: () => boolean;
  /** Another work is pointed at; null: none any more. */
  readonly changed: (id: string | null) => void;
};

/**
 * Which work the pointer is at. Also where it rests, and the works move. sigma would draw all works once more in each
 * frame to tell; they are a thousand at most, so looking through them takes a tenth of a millisecond.
 */
export class Pointing {
  readonly #renderer: Renderer;
  readonly #options: Options;
  /** Null while the pointer is elsewhere. */
  #pointer: Position | null = null;
  #isWithin = false;
  #id: string | null = null;

  constructor(renderer: Renderer, options: Options) {
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
    renderer.on("afterRender", () => this.look());
  }

  /** Looks again: works may have moved, or have been put down. */
  look(): void {
    if (this.#options.isHeld()) return;
    const id = this.#pointer === null ? null : this.#options.workAt(this.#pointer);
    if (id === this.#id) return;
    for (const [work, isPointedAt] of [
      [this.#id, false],
      [id, true],
    ] as const) {
      if (work !== null && this.#renderer.getGraph().hasNode(work)) {
        this.#renderer.setNodeState(work, { isPointedAt });
      }
    }
    this.#id = id;
    this.#renderer.getContainer().style.cursor = id === null ? "" : "pointer";
    this.#options.changed(id);
  }

  #moveTo(pointer: Position | null): void {
    this.#pointer = pointer === null ? null : { x: pointer.x, y: pointer.y };
    this.look();
  }
}

type DragRenderer = Pick<
  Sigma<NodeAttributes, Record<string, unknown>, Record<string, unknown>, NodeState, object, GraphState>,
  "on" | "refresh" | "setNodeState" | "viewportToGraph"
>;

type Dragged = { readonly id: string; readonly from: Position; readonly heldAt: Position };

export type DragListeners = {
  readonly begun: () => void;
  /** A step: the work has been moved, and is drawn there with the next frame. */
  readonly moved: (id: string) => void;
  /** It was put down; `to` is null where it was before. */
  readonly ended: (id: string, to: Position | null) => void;
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
  #held: Dragged | null = null;
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
      const id = isHeld(event.original) ? workAt(event) : null;
      if (id === null) return;
      const { x, y } = graph.getNodeAttributes(id);
      this.#held = { id, from: { x, y }, heldAt: renderer.viewportToGraph(event) };
    });
    renderer.on("moveBody", ({ event, preventSigmaDefault }) => {
      if (this.#held === null) return;
      // The button may have been let go where no page hears of it.
      if (!isHeld(event.original) || !graph.hasNode(this.#held.id)) {
        this.end();
        return;
      }
      preventSigmaDefault();
      this.#move(this.#held, renderer.viewportToGraph(event));
    });
    renderer.on("upStage", () => this.end());
  }

  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** Puts down what is dragged, where it is; also where it has gone. */
  end(): void {
    const held = this.#held;
    this.#held = null;
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
    this.#listeners.ended(id, to);
  }

  #move({ id, from, heldAt }: Dragged, pointer: Position): void {
    if (!this.#isMoving) {
      this.#isMoving = true;
      this.#renderer.setNodeState(id, { isDragged: true });
      this.#listeners.begun();
    }
    // Written into the graph itself: whoever is told of a change of a node reads all of them anew.
    const attributes = this.#graph.getNodeAttributes(id);
    attributes.x = from.x + pointer.x - heldAt.x;
    attributes.y = from.y + pointer.y - heldAt.y;
    this.#renderer.refresh({ partialGraph: { nodes: [id] }, skipIndexation: true, schedule: true });
    this.#listeners.moved(id);
  }
}

/** Whether the pointer's first button, or a finger, is down. */
function isHeld(event: MouseEvent | TouchEvent): boolean {
  return "buttons" in event ? (event.buttons & 1) === 1 : true;
}

/** A work as it is pointed at: a disc. */
export type Disc = Position & { readonly id: string; readonly radius: number; readonly standsOut: boolean };

/**
 * The work that is seen at a place, or at most `padding` beside it; null where none is. Of several, one that stands out,
 * and then the smallest: these are drawn over the others. All lengths are of one unit.
 */
export function workAt(place: Position, works: Iterable<Disc>, padding: number): string | null {
  let found: Disc | null = null;
  for (const work of works) {
    if (Math.hypot(work.x - place.x, work.y - place.y) > work.radius + padding) continue;
    if (found === null || isOver(work, found)) found = work;
  }
  return found?.id ?? null;
}

function isOver(work: Disc, other: Disc): boolean {
  if (work.standsOut !== other.standsOut) return work.standsOut;
  return work.radius < other.radius;
}
