import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { Citation } from "../graph/index.ts";
import type { Look } from "../theme/index.ts";
import { type GraphState, lineStrength, lookOf, type NodeAttributes, type NodeState } from "./appearance.ts";
import { type StrongCitations, StrongLines } from "./arrows.ts";
import { WorkPlaces } from "./gl.ts";
import { PlainLines } from "./plain-lines.ts";
import { WorkMarks } from "./work-marks.ts";

type Renderer = Sigma<
  NodeAttributes,
  Record<string, unknown>,
  Record<string, unknown>,
  NodeState,
  object,
  GraphState
>;

type Options = {
  readonly look: () => Look;
  /** How much of the citations is drawn now, from 0 to 1. */
  readonly share: () => number;
};

/**
 * What we draw within sigma's picture by programs of our own, from the lowest: plain lines, those that stand out, works,
 * works that stand out. sigma writes names over it. It asks for the programs anew where a lost WebGL context is restored.
 */
export class Layers {
  readonly #graph: DirectedGraph<NodeAttributes>;
  #places: WorkPlaces | undefined;
  #plain: PlainLines | undefined;
  #strong: StrongLines | undefined;
  #marks: WorkMarks | undefined;
  #citations: readonly Citation[] = [];
  #standingOut: StrongCitations = { near: [], path: [] };

  constructor(sigma: Renderer, graph: DirectedGraph<NodeAttributes>, { look, share }: Options) {
    this.#graph = graph;
    sigma.addCustomLayerProgram("plain-lines", "edges", (gl) => {
      leaveOutWorks(sigma, gl);
      const places = new WorkPlaces(gl, sigma, graph);
      const lines = new PlainLines(gl, places, () => ({
        colour: look().lineStrong,
        strength: lineStrength(this.#citations.length, sigma.getGraphState()),
        share: share(),
      }));
      this.#places = places;
      this.#plain = lines;
      this.show(this.#citations);
      return {
        render: (parameters) => {
          places.send();
          lines.render(parameters);
        },
        kill: () => {
          lines.kill();
          places.kill();
        },
      };
    });
    sigma.addCustomLayerProgram("strong-lines", "topEdges", (gl) => {
      this.#strong = new StrongLines(gl, sigma, graph, () => ({
        near: look().soft,
        path: look().accent,
        share: share(),
      }));
      this.#strong.show(this.#standingOut);
      return this.#strong;
    });
    sigma.addCustomLayerProgram("works", "nodes", (gl) => {
      if (this.#places === undefined) throw new Error("The layers are made in another order than given.");
      const marks = new WorkMarks(gl, graph, this.#places, (id) =>
        lookOf(graph.getNodeAttributes(id), sigma.getNodeState(id), sigma.getGraphState(), look()),
      );
      this.#marks = marks;
      return { render: (parameters) => marks.renderPlain(parameters), kill: () => marks.kill() };
    });
    sigma.addCustomLayerProgram("works-standing-out", "topNodes", () => ({
      render: (parameters) => this.#marks?.renderStandingOut(parameters),
      kill: () => {},
    }));
  }

  /** The works of the graph, and these citations between them. */
  show(citations: readonly Citation[]): void {
    this.#citations = citations;
    this.#places?.renumber(this.#graph.nodes());
    this.#plain?.show(citations);
    this.changed();
  }

  /** These citations stand out. */
  showStandingOut(citations: StrongCitations): void {
    this.#standingOut = citations;
    this.#strong?.show(citations);
  }

  /** A work has moved; without its id: any may have. */
  moved(id?: string): void {
    this.#places?.moved(id);
  }

  /** Works look another way: their attributes, their states, the graph's or the theme. */
  changed(): void {
    this.#marks?.changed();
  }
}

/**
 * Keeps sigma from drawing works, once on the screen and once more to find what is pointed at: `WorkMarks` draws them.
 * It has no setting for that which leaves their names, so its program is silenced, though it is private. sigma makes it
 * anew when a lost WebGL context is restored; then this must be called again. Throws where there is no such program.
 */
export function leaveOutWorks(sigma: object, gl: WebGL2RenderingContext): void {
  const { nodeProgram } = sigma as { readonly nodeProgram?: { render?: () => void } };
  if (typeof nodeProgram?.render !== "function")
    throw new Error("sigma does not draw works as it is known to.");
  nodeProgram.render = () => {
    // Names come next. Where they have new letters, sigma binds those to whatever texture unit is active, and lets go of
    // it: the unit that tells how far names stand from their works would be empty.
    gl.activeTexture(gl.TEXTURE0);
  };
}
