import type { RenderParams } from "sigma/types";
import type { Citation } from "../graph/index.ts";
import { createProgram, parseColour, type WorkPositions } from "./gl.ts";

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

/** The style of plain lines. */
export type LineStyle = {
  /** `#rrggbb` */
  readonly colour: string;
  /** The opacity of each line, from 0 to 1. */
  readonly opacity: number;
  /** The fraction of lines to draw, from 0 to 1, spread evenly. */
  readonly fraction: number;
};

/** Internal anchors are drawn this much stronger. */
const anchorOpacityFactor = 1.5;

type Range = { readonly first: number; readonly count: number; readonly weight: number };

/**
 * Draws the citations that are not highlighted: lines one pixel wide, in two draw calls. Sigma draws each edge as a
 * shape with 74 vertices, too many for thousands of faint lines. Positions and indices are separate buffers.
 */
export class PlainLines {
  readonly #gl: WebGL2RenderingContext;
  readonly #positions: WorkPositions;
  readonly #style: () => LineStyle;
  readonly #program: WebGLProgram;
  readonly #vertices: WebGLVertexArrayObject;
  readonly #indices: WebGLBuffer;
  #ranges: readonly Range[] = [];

  constructor(gl: WebGL2RenderingContext, places: WorkPositions, look: () => LineStyle) {
    this.#gl = gl;
    this.#positions = places;
    this.#style = look;
    this.#program = createProgram(gl, { vertex: vertexShader, fragment: fragmentShader });
    this.#vertices = gl.createVertexArray();
    this.#indices = gl.createBuffer();
    gl.bindVertexArray(this.#vertices);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#indices);
    places.bind(gl.getAttribLocation(this.#program, "place"));
    gl.bindVertexArray(null);
  }

  /** Sets the citations. Their works have positions. */
  show(citations: readonly Citation[]): void {
    const gl = this.#gl;
    const { indices } = this.#positions;
    const endsOf = ({ citing, cited }: Citation) => {
      const [from, to] = [indices.get(citing), indices.get(cited)];
      return from === undefined || to === undefined ? [] : [from, to];
    };
    const even = spreadOrder(citations);
    const anchors = even.filter(({ isInternalAnchor }) => isInternalAnchor).flatMap(endsOf);
    const others = even.filter(({ isInternalAnchor }) => !isInternalAnchor).flatMap(endsOf);
    this.#ranges = [
      { first: 0, count: others.length / 2, weight: 1 },
      { first: others.length / 2, count: anchors.length / 2, weight: anchorOpacityFactor },
    ];
    gl.bindVertexArray(this.#vertices);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, Uint32Array.from([...others, ...anchors]), gl.STATIC_DRAW);
    gl.bindVertexArray(null);
  }

  /** Call after `WorkPositions.upload`. */
  render({ matrix }: RenderParams): void {
    const gl = this.#gl;
    const { colour, opacity, fraction } = this.#style();
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#vertices);
    gl.enable(gl.BLEND);
    gl.uniformMatrix3fv(gl.getUniformLocation(this.#program, "matrix"), false, matrix);
    for (const { first, count, weight } of this.#ranges) {
      gl.uniform4f(
        gl.getUniformLocation(this.#program, "colour"),
        ...parseColour(colour),
        Math.min(1, opacity * weight),
      );
      // Two 4-byte indices per line.
      gl.drawElements(gl.LINES, 2 * Math.ceil(fraction * count), gl.UNSIGNED_INT, 8 * first);
    }
    gl.bindVertexArray(null);
  }

  kill(): void {
    this.#gl.deleteBuffer(this.#indices);
    this.#gl.deleteVertexArray(this.#vertices);
    this.#gl.deleteProgram(this.#program);
  }
}

/** Primes, large and far apart: at least one of them does not divide the length. */
const strides = [7919, 104_729];

/** A fixed permutation in which every prefix is spread evenly over the input. */
export function spreadOrder<Thing>(things: readonly Thing[]): Thing[] {
  const stride = strides.find((prime) => things.length % prime !== 0) ?? 1;
  return things.flatMap((_, index) => {
    const thing = things[(index * stride) % things.length];
    return thing === undefined ? [] : [thing];
  });
}
