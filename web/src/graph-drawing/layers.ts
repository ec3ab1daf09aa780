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
  /** The fraction of citations to draw now, from 0 to 1. */
  readonly fraction: () => number;
};

/**
 * Custom WebGL layers within sigma's picture, from bottom to top: plain lines, arrows, works, highlighted works.
 * Sigma draws labels above them. It creates the programs again after a lost WebGL context.
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
      const positions = new WorkPositions(gl, sigma, graph);
      const lines = new PlainLines(gl, positions, () => ({
        colour: tokens().lineStrong,
        opacity: lineOpacity(this.#citations.length, sigma.getGraphState()),
        fraction: fraction(),
      }));
      this.#positions = positions;
      this.#plainLines = lines;
      this.show(this.#citations);
      return {
        render: (parameters) => {
          positions.upload();
          lines.render(parameters);
        },
        kill: () => {
          lines.kill();
          positions.kill();
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
      if (this.#positions === undefined) throw new Error("Sigma created the layers in another order.");
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

  /** Sets the citations between the graph's works. */
  show(citations: readonly Citation[]): void {
    this.#citations = citations;
    this.#positions?.setWorks(this.#graph.nodes());
    this.#plainLines?.show(citations);
    this.invalidateAppearance();
  }

  /** Sets the citations drawn as arrows. */
  showHighlighted(citations: HighlightedCitations): void {
    this.#highlighted = citations;
    this.#arrows?.show(citations);
  }

  /** Call when a work has moved; without an id if any may have. */
  invalidatePosition(id?: string): void {
    this.#positions?.invalidate(id);
  }

  /** Call when attributes, states or the theme have changed. */
  invalidateAppearance(): void {
    this.#workShapes?.changed();
  }
}

/**
 * Stops sigma from drawing nodes on screen and in its picking layer, since `WorkShapes` draws them. No setting does
 * this and keeps the labels, so the private node program is replaced by a no-op. Call again after a lost WebGL
 * context. Throws if sigma has no such program.
 */
export function disableNodeProgram(sigma: object, gl: WebGL2RenderingContext): void {
  const { nodeProgram } = sigma as { readonly nodeProgram?: { render?: () => void } };
  if (typeof nodeProgram?.render !== "function")
    throw new Error("This version of sigma has no nodeProgram to disable.");
  nodeProgram.render = () => {
    // Labels are drawn next. For new glyphs sigma binds their texture to the active unit and then unbinds it. Without
    // this call it would unbind the texture with the label offsets.
    gl.activeTexture(gl.TEXTURE0);
  };
}
