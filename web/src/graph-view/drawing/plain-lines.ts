import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import type { RenderParams } from "sigma/types";
import type { EdgeAttributes, NodeAttributes } from "./styles.ts";

/**
 * The citations that do not stand out: plain lines, a pixel wide, drawn in one call. sigma draws each edge as a shape
 * of its own with ends, loops and smooth borders, which is more than thousands of faint lines need.
 */
export class PlainLines {
  readonly #gl: WebGL2RenderingContext;
  readonly #sigma: Pick<Sigma, "graphToFramedGraph">;
  readonly #graph: DirectedGraph<NodeAttributes, EdgeAttributes>;
  readonly #look: () => { readonly colour: string; readonly strength: number };
  readonly #program: WebGLProgram;
  readonly #vertices: WebGLVertexArrayObject;
  readonly #buffer: WebGLBuffer;
  #count = 0;
  #isStale = true;

  constructor(
    gl: WebGL2RenderingContext,
    sigma: Pick<Sigma, "graphToFramedGraph">,
    graph: DirectedGraph<NodeAttributes, EdgeAttributes>,
    look: () => { readonly colour: string; readonly strength: number },
  ) {
    this.#gl = gl;
    this.#sigma = sigma;
    this.#graph = graph;
    this.#look = look;
    this.#program = programOf(gl);
    this.#vertices = gl.createVertexArray();
    this.#buffer = gl.createBuffer();
    gl.bindVertexArray(this.#vertices);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    for (const [name, size, offset] of [
      ["place", 2, 0],
      ["weight", 1, 8],
    ] as const) {
      const at = gl.getAttribLocation(this.#program, name);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, gl.FLOAT, false, 12, offset);
    }
    gl.bindVertexArray(null);
  }

  /** Works have moved, or citations come or gone. */
  changed(): void {
    this.#isStale = true;
  }

  render({ matrix }: RenderParams): void {
    const gl = this.#gl;
    if (this.#isStale) this.#upload();
    const { colour, strength } = this.#look();
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#vertices);
    gl.uniformMatrix3fv(gl.getUniformLocation(this.#program, "matrix"), false, matrix);
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
    gl.uniform4f(gl.getUniformLocation(this.#program, "colour"), red ?? 0, green ?? 0, blue ?? 0, strength);
    gl.drawArrays(gl.LINES, 0, this.#count);
    gl.bindVertexArray(null);
  }

  kill(): void {
    this.#gl.deleteBuffer(this.#buffer);
    this.#gl.deleteVertexArray(this.#vertices);
    this.#gl.deleteProgram(this.#program);
  }

  #upload(): void {
    const gl = this.#gl;
    const places = new Map(
      this.#graph.mapNodes((id, { x, y }) => [id, this.#sigma.graphToFramedGraph({ x, y })] as const),
    );
    const data = new Float32Array(6 * this.#graph.size);
    let at = 0;
    this.#graph.forEachEdge((_edge, { isInternalAnchor }, citing, cited) => {
      const [from, to] = [places.get(citing), places.get(cited)];
      if (from === undefined || to === undefined) return;
      const weight = isInternalAnchor ? 1.5 : 1;
      data.set([from.x, from.y, weight, to.x, to.y, weight], at);
      at += 6;
    });
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
    this.#count = at / 3;
    this.#isStale = false;
  }
}

const vertexShader = `#version 300 es
in vec2 place;
in float weight;
uniform mat3 matrix;
out float strength;
void main() {
  gl_Position = vec4((matrix * vec3(place, 1.0)).xy, 0.0, 1.0);
  strength = weight;
}`;

const fragmentShader = `#version 300 es
precision mediump float;
in float strength;
uniform vec4 colour;
out vec4 drawn;
void main() {
  float opacity = min(1.0, colour.a * strength);
  drawn = vec4(colour.rgb * opacity, opacity);
}`;

function programOf(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) throw new Error("WebGL is lost.");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) {
    throw new Error(`Lines cannot be drawn: ${gl.getProgramInfoLog(program) ?? "no reason given"}`);
  }
  return program;
}
