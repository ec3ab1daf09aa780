import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { RenderParams } from "sigma/types";
import type { Citation } from "../neighbourhood.ts";
import { evenOrder } from "./even-order.ts";
import { colourParts, glProgram } from "./gl-program.ts";
import type { NodeAttributes } from "./styles.ts";

const vertexShader = `#version 300 es
in vec2 place;
uniform mat3 matrix;
void main() {
  gl_Position = vec4((matrix * vec3(place, 1.0)).xy, 0.0, 1.0);
}`;

const fragmentShader = `#version 300 es
precision mediump float;
uniform vec4 colour;
out vec4 drawn;
void main() {
  drawn = vec4(colour.rgb * colour.a, colour.a);
}`;

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
  readonly #graph: DirectedGraph<NodeAttributes>;
  readonly #look: () => LineLook;
  readonly #program: WebGLProgram;
  readonly #vertices: WebGLVertexArrayObject;
  readonly #places: WebGLBuffer;
  readonly #ends: WebGLBuffer;
  /** The works, each with its number among the places. */
  #numbers: ReadonlyMap<string, number> = new Map();
  #ranges: readonly Range[] = [];
  /** Works that have moved since their places were sent; null: any may have. */
  #moved: Set<string> | null = null;

  constructor(
    gl: WebGL2RenderingContext,
    sigma: Pick<Sigma, "graphToFramedGraph">,
    graph: DirectedGraph<NodeAttributes>,
    look: () => LineLook,
  ) {
    this.#gl = gl;
    this.#sigma = sigma;
    this.#graph = graph;
    this.#look = look;
    this.#program = glProgram(gl, { vertex: vertexShader, fragment: fragmentShader });
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
    const numbers = new Map(this.#graph.nodes().map((id, number) => [id, number]));
    this.#numbers = numbers;
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
    this.#moved = null;
  }

  /** A work has moved; without its id: any may have. */
  moved(id?: string): void {
    if (id === undefined) this.#moved = null;
    else this.#moved?.add(id);
  }

  render({ matrix }: RenderParams): void {
    const gl = this.#gl;
    this.#sendPlaces();
    const { colour, strength, share } = this.#look();
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#vertices);
    gl.enable(gl.BLEND);
    gl.uniformMatrix3fv(gl.getUniformLocation(this.#program, "matrix"), false, matrix);
    for (const { first, count, weight } of this.#ranges) {
      const opacity = Math.min(1, strength * weight);
      gl.uniform4f(gl.getUniformLocation(this.#program, "colour"), ...colourParts(colour), opacity);
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

  /** Of one work that moves, its 8 bytes only. */
  #sendPlaces(): void {
    const gl = this.#gl;
    if (this.#moved === null) {
      const places = new Float32Array(2 * this.#numbers.size);
      for (const [id, number] of this.#numbers) places.set(this.#placeOf(id), 2 * number);
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#places);
      gl.bufferData(gl.ARRAY_BUFFER, places, gl.DYNAMIC_DRAW);
    } else if (this.#moved.size > 0) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#places);
      for (const id of this.#moved) {
        const number = this.#numbers.get(id);
        if (number !== undefined)
          gl.bufferSubData(gl.ARRAY_BUFFER, 8 * number, new Float32Array(this.#placeOf(id)));
      }
    }
    this.#moved = new Set();
  }

  #placeOf(id: string): readonly [x: number, y: number] {
    if (!this.#graph.hasNode(id)) return [0, 0];
    const { x, y } = this.#sigma.graphToFramedGraph(this.#graph.getNodeAttributes(id));
    return [x, y];
  }
}
