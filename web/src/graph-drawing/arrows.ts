import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { RenderParams } from "sigma/types";
import type { Citation, Position } from "../graph/index.ts";
import type { NodeAttributes } from "./appearance.ts";
import { createProgram, parseColour } from "./gl.ts";

const vertexShader = `#version 300 es
in vec4 point;
uniform vec2 size;
out vec2 across;
void main() {
  gl_Position = vec4(2.0 * point.x / size.x - 1.0, 1.0 - 2.0 * point.y / size.y, 0.0, 1.0);
  across = point.zw;
}`;

const fragmentShader = `#version 300 es
precision mediump float;
in vec2 across;
uniform vec4 colour;
out vec4 drawn;
void main() {
  float opacity = colour.a * clamp(across.y + 0.5 - abs(across.x), 0.0, 1.0);
  drawn = vec4(colour.rgb * opacity, opacity);
}`;

/** Citations drawn as arrows. */
export type HighlightedCitations = {
  /** Citations of the work that is hovered or focused. */
  readonly adjacent: readonly Citation[];
  readonly path: readonly Citation[];
};

export type ArrowStyle = {
  /** `#rrggbb` */
  readonly adjacent: string;
  readonly path: string;
  /** The fraction of adjacent citations to draw, from 0 to 1. */
  readonly fraction: number;
};

const adjacentWidth = 1.6;
const pathWidth = 3.5;

/**
 * The opacity of each of `count` arrows from one work: hundreds of arrows style like a fan rather than a solid shape.
 */
function arrowOpacity(count: number): number {
  return Math.min(1, Math.max(0.35, 7 / Math.sqrt(count + 1)));
}

/**
 * Draws the highlighted citations as arrows from border to border. They are rebuilt in each frame because their width
 * does not scale with the zoom. They are not edges of sigma's graph: sigma re-indexes the whole graph when an edge is
 * removed.
 */
export class Arrows {
  readonly #gl: WebGL2RenderingContext;
  readonly #sigma: Pick<Sigma, "graphToViewport" | "scaleSize">;
  readonly #graph: DirectedGraph<NodeAttributes>;
  readonly #style: () => ArrowStyle;
  readonly #program: WebGLProgram;
  readonly #vertices: WebGLVertexArrayObject;
  readonly #points: WebGLBuffer;
  #citations: HighlightedCitations = { adjacent: [], path: [] };

  constructor(
    gl: WebGL2RenderingContext,
    sigma: Pick<Sigma, "graphToViewport" | "scaleSize">,
    graph: DirectedGraph<NodeAttributes>,
    style: () => ArrowStyle,
  ) {
    this.#gl = gl;
    this.#sigma = sigma;
    this.#graph = graph;
    this.#style = style;
    this.#program = createProgram(gl, { vertex: vertexShader, fragment: fragmentShader });
    this.#vertices = gl.createVertexArray();
    this.#points = gl.createBuffer();
    gl.bindVertexArray(this.#vertices);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#points);
    const point = gl.getAttribLocation(this.#program, "point");
    gl.enableVertexAttribArray(point);
    gl.vertexAttribPointer(point, numbersPerVertex, gl.FLOAT, false, 0, 0);
    gl.bindVertexArray(null);
  }

  show(citations: HighlightedCitations): void {
    this.#citations = citations;
  }

  render({ width, height }: RenderParams): void {
    const { adjacent, path } = this.#citations;
    if (adjacent.length + path.length === 0) return;
    const style = this.#style();
    const gl = this.#gl;
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#vertices);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#points);
    // Sigma may have left blending off after drawing its picking layer.
    gl.enable(gl.BLEND);
    gl.uniform2f(gl.getUniformLocation(this.#program, "size"), width, height);
    for (const [citations, lineWidth, colour, strength] of [
      [
        adjacent.slice(0, Math.ceil(style.fraction * adjacent.length)),
        adjacentWidth,
        style.adjacent,
        arrowOpacity(adjacent.length),
      ],
      [path, pathWidth, style.path, 1],
    ] as const) {
      const points = this.#pointsOf(citations, lineWidth);
      gl.bufferData(gl.ARRAY_BUFFER, points, gl.STREAM_DRAW);
      gl.uniform4f(gl.getUniformLocation(this.#program, "colour"), ...parseColour(colour), strength);
      gl.drawArrays(gl.TRIANGLES, 0, points.length / numbersPerVertex);
    }
    gl.bindVertexArray(null);
  }

  kill(): void {
    this.#gl.deleteBuffer(this.#points);
    this.#gl.deleteVertexArray(this.#vertices);
    this.#gl.deleteProgram(this.#program);
  }

  #pointsOf(citations: readonly Citation[], width: number): Float32Array {
    const points = new Float32Array(citations.length * verticesPerArrow * numbersPerVertex);
    let length = 0;
    for (const { citing, cited } of citations) {
      if (!this.#graph.hasNode(citing) || !this.#graph.hasNode(cited)) continue;
      const [one, other] = [this.#graph.getNodeAttributes(citing), this.#graph.getNodeAttributes(cited)];
      const shape = arrowTriangles({
        from: this.#sigma.graphToViewport(one),
        to: this.#sigma.graphToViewport(other),
        gaps: [this.#sigma.scaleSize(one.size), this.#sigma.scaleSize(other.size)],
        width,
      });
      points.set(shape, length);
      length += shape.length;
    }
    return points.subarray(0, length);
  }
}

export type Arrow = {
  readonly from: Position;
  readonly to: Position;
  /** The space between `from` and the arrow's start, and between its tip and `to`. */
  readonly gaps: readonly [from: number, to: number];
  readonly width: number;
};

/** Numbers per vertex: x, y, distance from the arrow's axis, and half of the arrow's width at this vertex. */
export const numbersPerVertex = 4;
/** Two triangles for the shaft, one for the head. */
export const verticesPerArrow = 9;

/** A pixel beyond the border, in which the arrow fades out. */
const antialiasWidth = 1;

/**
 * The triangles of an arrow, in pixels. The fragment shader draws pixels closer to the axis than half of the width.
 * Empty if the ends overlap.
 */
export function arrowTriangles({ from, to, gaps, width }: Arrow): readonly number[] {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const [begin, tip] = [gaps[0], distance - gaps[1]];
  if (tip <= begin) return [];
  const [alongX, alongY] = [(to.x - from.x) / distance, (to.y - from.y) / distance];
  const vertex = (along: number, beside: number, reach: number): number[] => [
    from.x + along * alongX - beside * alongY,
    from.y + along * alongY + beside * alongX,
    beside,
    reach,
  ];
  const head = Math.min(4.5 * width, tip - begin);
  const base = tip - head;
  const [thin, thick] = [width / 2, 2 * width];
  const side = (along: number, reach: number, sign: 1 | -1) =>
    vertex(along, sign * (reach + antialiasWidth), reach);
  return [
    ...side(begin, thin, 1),
    ...side(begin, thin, -1),
    ...side(base, thin, 1),
    ...side(begin, thin, -1),
    ...side(base, thin, 1),
    ...side(base, thin, -1),
    ...side(base, thick, 1),
    ...side(base, thick, -1),
    // Extend the sides by the antialiasing pixel.
    ...vertex(tip + (antialiasWidth * head) / thick, 0, -antialiasWidth),
  ];
}
