/**
 * What is pointed at is found in a picture of its own, which sigma draws with each frame: all works once more. While
 * this says so, that picture stays empty, and a frame takes half as long to draw. Those are the only instances that are
 * not drawn on the screen.
 */
export function skipPicking(gl: WebGL2RenderingContext, isSkipped: () => boolean): void {
  const bindFramebuffer = gl.bindFramebuffer.bind(gl);
  const drawArraysInstanced = gl.drawArraysInstanced.bind(gl);
  let isOnScreen = true;
  gl.bindFramebuffer = (target, framebuffer) => {
    isOnScreen = framebuffer === null;
    bindFramebuffer(target, framebuffer);
  };
  gl.drawArraysInstanced = (...call) => {
    if (isOnScreen || !isSkipped()) drawArraysInstanced(...call);
  };
}
