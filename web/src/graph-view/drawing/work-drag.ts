import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { Position } from "../positions.ts";
import type { GraphState, NodeAttributes, NodeState } from "./styles.ts";

type Renderer = Pick<
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
  readonly #renderer: Renderer;
  readonly #graph: DirectedGraph<NodeAttributes>;
  readonly #listeners: DragListeners;
  #held: Dragged | null = null;
  #isMoving = false;

  constructor(
    renderer: Renderer,
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
