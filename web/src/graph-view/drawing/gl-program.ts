/** A WebGL program of two shaders. Throws where it cannot be made. */
export function glProgram(
  gl: WebGL2RenderingContext,
  shaders: { readonly vertex: string; readonly fragment: string },
): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, shaders.vertex],
    [gl.FRAGMENT_SHADER, shaders.fragment],
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

/** The parts of a colour `#rrggbb`, each from 0 to 1. */
export function colourParts(colour: string): readonly [red: number, green: number, blue: number] {
  const part = (at: number) => Number.parseInt(colour.slice(at, at + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}
