/**
 * Keeps sigma from drawing works, once on the screen and once more to find what is pointed at: `WorkMarks` draws them.
 * It has no setting for that which leaves their names, so its program is silenced, though it is private. sigma makes it
 * anew when a lost WebGL context is restored; then this must be called again. Throws where there is no such program.
 */
export function leaveOutWorks(sigma: object, gl: WebGL2RenderingContext): void {
  const { nodeProgram } = sigma as { readonly nodeProgram?: { render?: () => void } };
  if (typeof nodeProgram?.render !== "function")
    throw new Error("sigma does not draw works as it is known to.");
  nodeProgram.render = () => {
    // Names come next. Where they have new letters, sigma binds those to whatever texture unit is active, and lets go of
    // it: the unit that tells how far names stand from their works would be empty.
    gl.activeTexture(gl.TEXTURE0);
  };
}
