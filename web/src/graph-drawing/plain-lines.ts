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

/** How plain lines look now. */
export type LineStyle = {
  /** `#rrggbb` */
  readonly colour: string;
  /** The opacity of each, from 0 to 1. */
  readonly opacity: number;
  /** How much of the lines is drawn, from 0 to 1: some of everywhere. */
  readonly fraction: number;
};

/** The citations that the registry resolved are so much stronger. */
const anchorOpacityFactor = 1.5;

type Range = { readonly first: number; readonly count: number; readonly weight: number };

/**
 * The citations that do not stand out: plain lines, a pixel wide, drawn in two calls. sigma draws each edge as a shape
 * of its own with ends, loops and smooth borders, 74 vertices each, which is far more than thousands of faint lines
 * need. Where works stand is kept apart from which are connected.
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

  /** These citations, between works that have places. */
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

  /** After `WorkPlaces.send`. */
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
      // Two numbers of four bytes a line.
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

/** Far from each other, and prime: one of them divides no length that matters. */
const strides = [7919, 104_729];

/** The same things in an order of which every beginning has some from everywhere; always the same. */
export function spreadOrder<Thing>(things: readonly Thing[]): Thing[] {
  const stride = strides.find((prime) => things.length % prime !== 0) ?? 1;
  return things.flatMap((_, index) => {
    const thing = things[(index * stride) % things.length];
    return thing === undefined ? [] : [thing];
  });
}
