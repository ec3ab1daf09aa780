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

/** A WebGL program of the attribute `place` and the uniforms `matrix` and `colour`. Throws where it cannot be made. */
export function lineProgram(gl: WebGL2RenderingContext): WebGLProgram {
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
