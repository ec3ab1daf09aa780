import type { DirectedGraph } from "graphology";
import type { RenderParams } from "sigma/types";
import { colourParts, glProgram } from "./gl-program.ts";
import type { NodeAttributes } from "./styles.ts";
import type { WorkLook } from "./work-looks.ts";
import type { WorkPlaces } from "./work-places.ts";
import { shapeNumbers, workShaders } from "./work-shaders.ts";

/** Four measures of four bytes, then three colours of a byte a part. */
const bytesPerWork = 28;
/** Points that reach further than this beyond the canvas, in its pixels, are of works that are not seen. */
const margin = 512;

/**
 * The works, drawn in two calls: those that stand out over the others and over what is written beside these. sigma
 * draws each as an instance of its own, which a browser that draws by the processor takes one by one, twice a frame.
 */
export class WorkMarks {
  readonly #gl: WebGL2RenderingContext;
  readonly #graph: DirectedGraph<NodeAttributes>;
  readonly #places: WorkPlaces;
  readonly #lookOf: (id: string) => WorkLook;
  readonly #program: WebGLProgram;
  readonly #vertices: WebGLVertexArrayObject;
  readonly #looks: WebGLBuffer;
  readonly #order: WebGLBuffer;
  readonly #largest: number;
  #isChanged = true;
  #counts = { plain: 0, all: 0 };

  constructor(
    gl: WebGL2RenderingContext,
    graph: DirectedGraph<NodeAttributes>,
    places: WorkPlaces,
    lookOf: (id: string) => WorkLook,
  ) {
    this.#gl = gl;
    this.#graph = graph;
    this.#places = places;
    this.#lookOf = lookOf;
    this.#program = glProgram(gl, workShaders);
    this.#vertices = gl.createVertexArray();
    this.#looks = gl.createBuffer();
    this.#order = gl.createBuffer();
    this.#largest = (gl.getParameter(gl.ALIASED_POINT_SIZE_RANGE) as Float32Array)[1] ?? 1;
    gl.bindVertexArray(this.#vertices);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#order);
    places.bind(gl.getAttribLocation(this.#program, "place"));
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#looks);
    for (const [name, type, isNormalized, offset] of [
      ["measures", gl.FLOAT, false, 0],
      ["fill", gl.UNSIGNED_BYTE, true, 16],
      ["ground", gl.UNSIGNED_BYTE, true, 20],
      ["ring", gl.UNSIGNED_BYTE, true, 24],
    ] as const) {
      const attribute = gl.getAttribLocation(this.#program, name);
      gl.enableVertexAttribArray(attribute);
      gl.vertexAttribPointer(attribute, 4, type, isNormalized, bytesPerWork, offset);
    }
    gl.bindVertexArray(null);
  }

  /** Works look another way than before. */
  changed(): void {
    this.#isChanged = true;
  }

  /** Draws the works that do not stand out; after `WorkPlaces.send`. */
  renderPlain(parameters: RenderParams): void {
    if (this.#isChanged) this.#send();
    this.#isChanged = false;
    this.#draw(parameters, 0, this.#counts.plain);
  }

  /** Draws those that do, after the others. */
  renderStandingOut(parameters: RenderParams): void {
    this.#draw(parameters, this.#counts.plain, this.#counts.all - this.#counts.plain);
  }

  kill(): void {
    this.#gl.deleteBuffer(this.#looks);
    this.#gl.deleteBuffer(this.#order);
    this.#gl.deleteVertexArray(this.#vertices);
    this.#gl.deleteProgram(this.#program);
  }

  #draw({ matrix, width, height, pixelRatio, sizeRatio }: RenderParams, first: number, count: number): void {
    if (count === 0) return;
    const gl = this.#gl;
    const uniform = (name: string) => gl.getUniformLocation(this.#program, name);
    const [wide, high] = [width * pixelRatio, height * pixelRatio];
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#vertices);
    gl.enable(gl.BLEND);
    gl.viewport(-margin, -margin, wide + 2 * margin, high + 2 * margin);
    gl.uniformMatrix3fv(uniform("matrix"), false, matrix);
    gl.uniform2f(uniform("canvas"), wide, high);
    gl.uniform1f(uniform("margin"), margin);
    gl.uniform2f(uniform("scale"), pixelRatio / sizeRatio, pixelRatio);
    gl.uniform1f(uniform("largest"), this.#largest);
    // Numbers of four bytes.
    gl.drawElements(gl.POINTS, count, gl.UNSIGNED_INT, 4 * first);
    gl.viewport(0, 0, wide, high);
    gl.bindVertexArray(null);
  }

  #send(): void {
    const gl = this.#gl;
    const { numbers } = this.#places;
    const works = [...numbers].flatMap(([id, number]) =>
      this.#graph.hasNode(id) ? [{ number, look: this.#lookOf(id) }] : [],
    );
    const bytes = new DataView(new ArrayBuffer(bytesPerWork * numbers.size));
    for (const { number, look } of works) writeLook(bytes, bytesPerWork * number, look);
    // Smaller ones over larger ones: none is hidden as a whole.
    const inOrder = works.sort((a, b) => b.look.radius - a.look.radius);
    const plain = inOrder.filter(({ look }) => !look.standsOut);
    const standingOut = inOrder.filter(({ look }) => look.standsOut);
    const order = [...plain, ...standingOut].map(({ number }) => number);
    this.#counts = { plain: plain.length, all: order.length };
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#looks);
    gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW);
    gl.bindVertexArray(this.#vertices);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, Uint32Array.from(order), gl.DYNAMIC_DRAW);
    gl.bindVertexArray(null);
  }
}

function writeLook(bytes: DataView, at: number, look: WorkLook): void {
  // The byte order of every machine that a browser runs on.
  for (const [index, measure] of [look.radius, look.gap, look.ring, shapeNumbers[look.shape]].entries()) {
    bytes.setFloat32(at + 4 * index, measure, true);
  }
  for (const [index, colour] of [look.colour, look.groundColour, look.ringColour].entries()) {
    for (const [part, value] of [...colourParts(colour), look.opacity].entries()) {
      bytes.setUint8(at + 16 + 4 * index + part, Math.round(255 * value));
    }
  }
}
