import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { Citation } from "../graph/index.ts";
import type { ThemeTokens } from "../theme/index.ts";
import {
  type GraphState,
  lineOpacity,
  type NodeAttributes,
  type NodeState,
  workAppearance,
} from "./appearance.ts";
import { Arrows, type HighlightedCitations } from "./arrows.ts";
import { WorkPositions } from "./gl.ts";
import { PlainLines } from "./plain-lines.ts";
import { WorkShapes } from "./work-marks.ts";

type Renderer = Sigma<
  NodeAttributes,
  Record<string, unknown>,
  Record<string, unknown>,
  NodeState,
  object,
  GraphState
>;

type Options = {
  readonly tokens: () => ThemeTokens;
  /** How much of the citations is drawn now, from 0 to 1. */
  readonly fraction: () => number;
};

/**
 * What we draw within sigma's picture by programs of our own, from the lowest: plain lines, those that stand out, works,
 * works that stand out. sigma writes names over it. It asks for the programs anew where a lost WebGL context is restored.
 */
export class Layers {
  readonly #graph: DirectedGraph<NodeAttributes>;
  #positions: WorkPositions | undefined;
  #plainLines: PlainLines | undefined;
  #arrows: Arrows | undefined;
  #workShapes: WorkShapes | undefined;
  #citations: readonly Citation[] = [];
  #highlighted: HighlightedCitations = { adjacent: [], path: [] };

  constructor(sigma: Renderer, graph: DirectedGraph<NodeAttributes>, { tokens, fraction }: Options) {
    this.#graph = graph;
    sigma.addCustomLayerProgram("plain-lines", "edges", (gl) => {
      disableNodeProgram(sigma, gl);
      const places = new WorkPositions(gl, sigma, graph);
      const lines = new PlainLines(gl, places, () => ({
        colour: tokens().lineStrong,
        opacity: lineOpacity(this.#citations.length, sigma.getGraphState()),
        fraction: fraction(),
      }));
      this.#positions = places;
      this.#plainLines = lines;
      this.show(this.#citations);
      return {
        render: (parameters) => {
          places.upload();
          lines.render(parameters);
        },
        kill: () => {
          lines.kill();
          places.kill();
        },
      };
    });
    sigma.addCustomLayerProgram("strong-lines", "topEdges", (gl) => {
      this.#arrows = new Arrows(gl, sigma, graph, () => ({
        adjacent: tokens().soft,
        path: tokens().accent,
        fraction: fraction(),
      }));
      this.#arrows.show(this.#highlighted);
      return this.#arrows;
    });
    sigma.addCustomLayerProgram("works", "nodes", (gl) => {
      if (this.#positions === undefined) throw new Error("The layers are made in another order than given.");
      const marks = new WorkShapes(gl, graph, this.#positions, (id) =>
        workAppearance(graph.getNodeAttributes(id), sigma.getNodeState(id), sigma.getGraphState(), tokens()),
      );
      this.#workShapes = marks;
      return { render: (parameters) => marks.renderPlain(parameters), kill: () => marks.kill() };
    });
    sigma.addCustomLayerProgram("works-standing-out", "topNodes", () => ({
      render: (parameters) => this.#workShapes?.renderHighlighted(parameters),
      kill: () => {},
    }));
  }

  /** The works of the graph, and these citations between them. */
  show(citations: readonly Citation[]): void {
    this.#citations = citations;
    this.#positions?.setWorks(this.#graph.nodes());
    this.#plainLines?.show(citations);
    this.invalidateAppearance();
  }

  /** These citations stand out. */
  showHighlighted(citations: HighlightedCitations): void {
    this.#highlighted = citations;
    this.#arrows?.show(citations);
  }

  /** A work has moved; without its id: any may have. */
  invalidatePosition(id?: string): void {
    this.#positions?.invalidate(id);
  }

  /** Works look another way: their attributes, their states, the graph's or the theme. */
  invalidateAppearance(): void {
    this.#workShapes?.changed();
  }
}

/**
 * Keeps sigma from drawing works, once on the screen and once more to find what is pointed at: `WorkMarks` draws them.
 * It has no setting for that which leaves their names, so its program is silenced, though it is private. sigma makes it
 * anew when a lost WebGL context is restored; then this must be called again. Throws where there is no such program.
 */
export function disableNodeProgram(sigma: object, gl: WebGL2RenderingContext): void {
  const { nodeProgram } = sigma as { readonly nodeProgram?: { render?: () => void } };
  if (typeof nodeProgram?.render !== "function")
    throw new Error("sigma does not draw works as it is known to.");
  nodeProgram.render = () => {
    // Names come next. Where they have new letters, sigma binds those to whatever texture unit is active, and lets go of
    // it: the unit that tells how far names stand from their works would be empty.
    gl.activeTexture(gl.TEXTURE0);
  };
}
