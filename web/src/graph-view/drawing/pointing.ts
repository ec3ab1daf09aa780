import type Sigma from "sigma";
import type { Position } from "../positions.ts";
import type { GraphState, NodeAttributes, NodeState } from "./styles.ts";

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
