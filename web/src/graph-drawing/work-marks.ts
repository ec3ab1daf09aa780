import type { DirectedGraph } from "graphology";
import type { RenderParams } from "sigma/types";
import type { Shape } from "../graph/index.ts";
import type { NodeAttributes, WorkAppearance } from "./appearance.ts";
import { createProgram, parseColour, type WorkPositions } from "./gl.ts";

/** Four 32-bit floats and three RGBA colours. */
const bytesPerWork = 28;
/** Points further than this beyond the canvas, in its pixels, are not drawn. */
const margin = 512;

/**
 * Draws the works in two calls: first those that are not highlighted, then the highlighted ones above them and their
 * labels. Sigma draws each node as an instance, which software rendering processes one by one, twice a frame.
 */
export class WorkShapes {
  readonly #gl: WebGL2RenderingContext;
  readonly #graph: DirectedGraph<NodeAttributes>;
  readonly #positions: WorkPositions;
  readonly #appearanceOf: (id: string) => WorkAppearance;
  readonly #program: WebGLProgram;
  readonly #vertices: WebGLVertexArrayObject;
  readonly #appearances: WebGLBuffer;
  readonly #order: WebGLBuffer;
  readonly #maxPointSize: number;
  #isChanged = true;
  #counts = { plain: 0, all: 0 };

  constructor(
    gl: WebGL2RenderingContext,
    graph: DirectedGraph<NodeAttributes>,
    places: WorkPositions,
    lookOf: (id: string) => WorkAppearance,
  ) {
    this.#gl = gl;
    this.#graph = graph;
    this.#positions = places;
    this.#appearanceOf = lookOf;
    this.#program = createProgram(gl, workShaders);
    this.#vertices = gl.createVertexArray();
    this.#appearances = gl.createBuffer();
    this.#order = gl.createBuffer();
    this.#maxPointSize = (gl.getParameter(gl.ALIASED_POINT_SIZE_RANGE) as Float32Array)[1] ?? 1;
    gl.bindVertexArray(this.#vertices);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#order);
    places.bind(gl.getAttribLocation(this.#program, "place"));
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#appearances);
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

  /** Call when the appearance of works has changed. */
  changed(): void {
    this.#isChanged = true;
  }

  /** Draws the works that are not highlighted. Call after `WorkPositions.upload`. */
  renderPlain(parameters: RenderParams): void {
    if (this.#isChanged) this.#upload();
    this.#isChanged = false;
    this.#draw(parameters, 0, this.#counts.plain);
  }

  /** Draws the highlighted works. Call after `renderPlain`. */
  renderHighlighted(parameters: RenderParams): void {
    this.#draw(parameters, this.#counts.plain, this.#counts.all - this.#counts.plain);
  }

  kill(): void {
    this.#gl.deleteBuffer(this.#appearances);
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
    gl.uniform1f(uniform("largest"), this.#maxPointSize);
    // 4-byte indices.
    gl.drawElements(gl.POINTS, count, gl.UNSIGNED_INT, 4 * first);
    gl.viewport(0, 0, wide, high);
    gl.bindVertexArray(null);
  }

  #upload(): void {
    const gl = this.#gl;
    const { indices } = this.#positions;
    const works = [...indices].flatMap(([id, number]) =>
      this.#graph.hasNode(id) ? [{ number, look: this.#appearanceOf(id) }] : [],
    );
    const bytes = new DataView(new ArrayBuffer(bytesPerWork * indices.size));
    for (const { number, look } of works) writeAppearance(bytes, bytesPerWork * number, look);
    // Smaller works are drawn above larger ones, so that none is hidden.
    const inOrder = works.sort((a, b) => b.look.radius - a.look.radius);
    const plain = inOrder.filter(({ look }) => !look.isHighlighted);
    const standingOut = inOrder.filter(({ look }) => look.isHighlighted);
    const order = [...plain, ...standingOut].map(({ number }) => number);
    this.#counts = { plain: plain.length, all: order.length };
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#appearances);
    gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW);
    gl.bindVertexArray(this.#vertices);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, Uint32Array.from(order), gl.DYNAMIC_DRAW);
    gl.bindVertexArray(null);
  }
}

function writeAppearance(bytes: DataView, at: number, look: WorkAppearance): void {
  // Little-endian, like every machine that runs a browser.
  for (const [index, measure] of [look.radius, look.gap, look.ring, shapeIndices[look.shape]].entries()) {
    bytes.setFloat32(at + 4 * index, measure, true);
  }
  for (const [index, colour] of [look.colour, look.groundColour, look.ringColour].entries()) {
    for (const [part, value] of [...parseColour(colour), look.opacity].entries()) {
      bytes.setUint8(at + 16 + 4 * index + part, Math.round(255 * value));
    }
  }
}

/** The number of each shape in the shaders. */
export const shapeIndices: Readonly<Record<Shape, number>> = {
  circle: 0,
  square: 1,
  diamond: 2,
  triangle: 3,
};

/**
 * Each work is one point sprite, large enough for its shape and ring. WebGL discards a point whose centre is outside
 * of the viewport, so the viewport exceeds the canvas by `margin` on each side. `measures` holds radius, gap, ring
 * and shape index. Lengths are canvas pixels from here on.
 */
const vertex = `#version 300 es
in vec2 place;
in vec4 measures;
in vec4 fill;
in vec4 ground;
in vec4 ring;
uniform mat3 matrix;
uniform vec2 canvas;
uniform float margin;
uniform vec2 scale;
uniform float largest;
flat out vec4 lengths;
flat out int shape;
flat out vec4 fillColour;
flat out vec4 groundColour;
flat out vec4 ringColour;
void main() {
  vec3 wanted = measures.xyz * scale.xyy;
  shape = int(measures.w + 0.5);
  // How far the shape's sharpest corner extends beyond its radius, and how far gap and ring extend there.
  vec2 reach = shape < 2 ? vec2(1.0, 1.0) : vec2(1.1, 2.1);
  float size = 2.0 * (reach.x * wanted.x + reach.y * (wanted.y + wanted.z) + 1.0);
  gl_PointSize = min(size, largest);
  // If the GPU limits the point size, scale everything down.
  lengths = vec4(wanted * (gl_PointSize / size), gl_PointSize);
  fillColour = fill;
  groundColour = ground;
  ringColour = ring;
  gl_Position = vec4((matrix * vec3(place, 1.0)).xy * canvas / (canvas + 2.0 * margin), 0.0, 1.0);
}`;

/** The distance from the shape's border decides between shape, gap, ring and nothing. */
const fragment = `#version 300 es
precision highp float;
flat in vec4 lengths;
flat in int shape;
flat in vec4 fillColour;
flat in vec4 groundColour;
flat in vec4 ringColour;
out vec4 drawn;
void main() {
  vec2 at = (gl_PointCoord - 0.5) * lengths.w;
  float radius = lengths.x;
  float beside = abs(at.x);
  float outside;
  if (shape == 0) outside = length(at) - radius;
  else if (shape == 1) outside = max(beside, abs(at.y)) - 0.85 * radius;
  else if (shape == 2) outside = 0.7071 * (beside + abs(at.y) - 1.1 * radius);
  else outside = max(at.y - 0.7 * radius, 0.4856 * (1.8 * beside - at.y - 1.1 * radius));
  vec3 covered = clamp(0.5 - outside + vec3(0.0, lengths.y, lengths.y + lengths.z), 0.0, 1.0);
  vec4 colour = mix(mix(ringColour, groundColour, covered.y), fillColour, covered.x);
  float opacity = colour.a * covered.z;
  drawn = vec4(colour.rgb * opacity, opacity);
}`;

export const workShaders = { vertex, fragment };
