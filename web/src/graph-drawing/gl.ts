import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { NodeAttributes } from "./appearance.ts";

/** Links a WebGL program. Throws if compiling or linking fails. */
export function createProgram(
  gl: WebGL2RenderingContext,
  shaders: { readonly vertex: string; readonly fragment: string },
): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, shaders.vertex],
    [gl.FRAGMENT_SHADER, shaders.fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) throw new Error("The WebGL context is lost.");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) {
    throw new Error(
      `The WebGL program could not be linked: ${gl.getProgramInfoLog(program) ?? "no reason given"}`,
    );
  }
  return program;
}

/** The components of a colour `#rrggbb`, each from 0 to 1. */
export function parseColour(colour: string): readonly [red: number, green: number, blue: number] {
  const part = (at: number) => Number.parseInt(colour.slice(at, at + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}

/** Two 32-bit floats. */
const bytesPerPosition = 8;

/** The positions of works in a GPU buffer, shared by lines and shapes. Moving a work uploads 8 bytes. */
export class WorkPositions {
  readonly #gl: WebGL2RenderingContext;
  readonly #sigma: Pick<Sigma, "graphToFramedGraph">;
  readonly #graph: DirectedGraph<NodeAttributes>;
  readonly #buffer: WebGLBuffer;
  #indices: ReadonlyMap<string, number> = new Map();
  /** Works that moved since the last upload; null if any may have. */
  #moved: Set<string> | null = null;

  constructor(
    gl: WebGL2RenderingContext,
    sigma: Pick<Sigma, "graphToFramedGraph">,
    graph: DirectedGraph<NodeAttributes>,
  ) {
    this.#gl = gl;
    this.#sigma = sigma;
    this.#graph = graph;
    this.#buffer = gl.createBuffer();
  }

  /** The index of each work in the buffer. */
  get indices(): ReadonlyMap<string, number> {
    return this.#indices;
  }

  /** Sets the works and numbers them in this order. */
  setWorks(ids: readonly string[]): void {
    this.#indices = new Map(ids.map((id, number) => [id, number]));
    this.#moved = null;
  }

  /** Marks a work as moved; without an id, all of them. */
  invalidate(id?: string): void {
    if (id === undefined) this.#moved = null;
    else this.#moved?.add(id);
  }

  /** Binds the buffer to a vec2 attribute of the current vertex array. */
  bind(attribute: number): void {
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.enableVertexAttribArray(attribute);
    gl.vertexAttribPointer(attribute, 2, gl.FLOAT, false, 0, 0);
  }

  /** Uploads the positions that changed. */
  upload(): void {
    const gl = this.#gl;
    if (this.#moved === null) {
      const positions = new Float32Array(2 * this.#indices.size);
      for (const [id, number] of this.#indices) positions.set(this.#positionOf(id), 2 * number);
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
      gl.bufferData(gl.ARRAY_BUFFER, positions, gl.DYNAMIC_DRAW);
    } else if (this.#moved.size > 0) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
      for (const id of this.#moved) {
        const number = this.#indices.get(id);
        if (number === undefined) continue;
        gl.bufferSubData(gl.ARRAY_BUFFER, bytesPerPosition * number, new Float32Array(this.#positionOf(id)));
      }
    }
    this.#moved = new Set();
  }

  kill(): void {
    this.#gl.deleteBuffer(this.#buffer);
  }

  #positionOf(id: string): readonly [x: number, y: number] {
    if (!this.#graph.hasNode(id)) return [0, 0];
    const { x, y } = this.#sigma.graphToFramedGraph(this.#graph.getNodeAttributes(id));
    return [x, y];
  }
}
