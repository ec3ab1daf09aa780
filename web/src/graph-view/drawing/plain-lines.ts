import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { RenderParams } from "sigma/types";
import type { Citation } from "../neighbourhood.ts";
import { evenOrder } from "./even-order.ts";
import { lineProgram } from "./line-program.ts";
import type { EdgeAttributes, NodeAttributes } from "./styles.ts";

/** How plain lines look now. */
export type LineLook = {
  /** `#rrggbb` */
  readonly colour: string;
  /** The opacity of each, from 0 to 1. */
  readonly strength: number;
  /** How much of the lines is drawn, from 0 to 1: some of everywhere. */
  readonly share: number;
};

/** The citations that the registry resolved are so much stronger. */
const anchorWeight = 1.5;

type Range = { readonly first: number; readonly count: number; readonly weight: number };

/**
 * The citations that do not stand out: plain lines, a pixel wide, drawn in two calls. sigma draws each edge as a shape
 * of its own with ends, loops and smooth borders, 74 vertices each, which is far more than thousands of faint lines
 * need. Where works stand is kept apart from which are connected: a work that moves is 8 bytes a work to send.
 */
export class PlainLines {
  readonly #gl: WebGL2RenderingContext;
  readonly #sigma: Pick<Sigma, "graphToFramedGraph">;
  readonly #graph: DirectedGraph<NodeAttributes, EdgeAttributes>;
  readonly #look: () => LineLook;
  readonly #program: WebGLProgram;
  readonly #vertices: WebGLVertexArrayObject;
  readonly #places: WebGLBuffer;
  readonly #ends: WebGLBuffer;
  #works: readonly string[] = [];
  #ranges: readonly Range[] = [];
  #haveMoved = true;

  constructor(
    gl: WebGL2RenderingContext,
    sigma: Pick<Sigma, "graphToFramedGraph">,
    graph: DirectedGraph<NodeAttributes, EdgeAttributes>,
    look: () => LineLook,
  ) {
    this.#gl = gl;
    this.#sigma = sigma;
    this.#graph = graph;
    this.#look = look;
    this.#program = lineProgram(gl);
    this.#vertices = gl.createVertexArray();
    this.#places = gl.createBuffer();
    this.#ends = gl.createBuffer();
    gl.bindVertexArray(this.#vertices);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#places);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#ends);
    const place = gl.getAttribLocation(this.#program, "place");
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 0, 0);
    gl.bindVertexArray(null);
  }

  /** These citations, between works of the graph. */
  show(citations: readonly Citation[]): void {
    const gl = this.#gl;
    this.#works = this.#graph.nodes();
    const numbers = new Map(this.#works.map((id, number) => [id, number]));
    const endsOf = ({ citing, cited }: Citation) => {
      const [from, to] = [numbers.get(citing), numbers.get(cited)];
      return from === undefined || to === undefined ? [] : [from, to];
    };
    const even = evenOrder(citations);
    const anchors = even.filter(({ isInternalAnchor }) => isInternalAnchor).flatMap(endsOf);
    const others = even.filter(({ isInternalAnchor }) => !isInternalAnchor).flatMap(endsOf);
    this.#ranges = [
      { first: 0, count: others.length / 2, weight: 1 },
      { first: others.length / 2, count: anchors.length / 2, weight: anchorWeight },
    ];
    gl.bindVertexArray(this.#vertices);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, Uint32Array.from([...others, ...anchors]), gl.STATIC_DRAW);
    gl.bindVertexArray(null);
    this.#haveMoved = true;
  }

  /** Works have moved. */
  moved(): void {
    this.#haveMoved = true;
  }

  render({ matrix }: RenderParams): void {
    const gl = this.#gl;
    if (this.#haveMoved) this.#sendPlaces();
    const { colour, strength, share } = this.#look();
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(
      (at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255,
    );
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#vertices);
    gl.uniformMatrix3fv(gl.getUniformLocation(this.#program, "matrix"), false, matrix);
    for (const { first, count, weight } of this.#ranges) {
      const opacity = Math.min(1, strength * weight);
      gl.uniform4f(gl.getUniformLocation(this.#program, "colour"), red, green, blue, opacity);
      // Two numbers of four bytes a line.
      gl.drawElements(gl.LINES, 2 * Math.ceil(share * count), gl.UNSIGNED_INT, 8 * first);
    }
    gl.bindVertexArray(null);
  }

  kill(): void {
    this.#gl.deleteBuffer(this.#places);
    this.#gl.deleteBuffer(this.#ends);
    this.#gl.deleteVertexArray(this.#vertices);
    this.#gl.deleteProgram(this.#program);
  }

  #sendPlaces(): void {
    const gl = this.#gl;
    const places = new Float32Array(2 * this.#works.length);
    for (const [number, id] of this.#works.entries()) {
      if (!this.#graph.hasNode(id)) continue;
      const { x, y } = this.#sigma.graphToFramedGraph(this.#graph.getNodeAttributes(id));
      places[2 * number] = x;
      places[2 * number + 1] = y;
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#places);
    gl.bufferData(gl.ARRAY_BUFFER, places, gl.DYNAMIC_DRAW);
    this.#haveMoved = false;
  }
}
