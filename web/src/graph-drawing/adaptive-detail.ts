/** Longer frames look jerky: below 40 frames per second. */
const slowFrameMs = 25;
/**
 * A browser that saves energy has slow frames even at rest. A frame is slow only if it takes this many times as long
 * as a frame at rest.
 */
const slowFrameFactor = 1.5;
const framesPerSample = 3;
/** The picture is at rest after this many frames without a render. */
const framesUntilRest = 10;
const minFraction = 1 / 16;

/**
 * Decides which fraction of many lines to draw while a picture moves: all of them, unless frames take too long; then
 * half as many each time, and all again at rest. Rest is counted in frames, not in time: where the browser renders
 * slowly, frames come slowly too, and a clock would mistake that for rest.
 */
export class AdaptiveDetail {
  #share = 1;
  #isMoving = false;
  #hasDrawn = false;
  #hasDrawnLess = false;
  #framesAtRest = 0;
  #before: number | null = null;
  #times: number[] = [];
  #timesAtRest: number[] = [];
  #longFrame = slowFrameMs;
  /** Whether frames of this movement were slow; null until a sample is complete. */
  #isSlow: boolean | null = null;

  /** The fraction to draw in this frame, from 0 to 1. A single render after a rest is complete. */
  get fraction(): number {
    return this.#isMoving ? this.#share : 1;
  }

  /**
   * Call after each render. Returns true if that starts a movement: then call `onFrame` for each following frame.
   */
  onRender(): boolean {
    const begins = !this.#isMoving;
    if (begins) {
      this.#isMoving = true;
      this.#hasDrawnLess = false;
      this.#before = null;
      this.#times = [];
      this.#isSlow = null;
    } else if (this.#share < 1) this.#hasDrawnLess = true;
    this.#hasDrawn = true;
    this.#framesAtRest = 0;
    return begins;
  }

  /**
   * Call for each browser frame with its time in milliseconds. Returns `"moving"` until the picture is at rest, then
   * whether the last render was complete.
   */
  onFrame(now: number): "moving" | "complete" | "incomplete" {
    const time = this.#before === null ? null : now - this.#before;
    this.#before = now;
    if (this.#hasDrawn) {
      if (time !== null) this.#measure(time);
      this.#timesAtRest = [];
    } else {
      this.#framesAtRest += 1;
      if (time !== null) this.#timesAtRest.push(time);
    }
    this.#hasDrawn = false;
    if (this.#framesAtRest < framesUntilRest) return "moving";
    this.#isMoving = false;
    this.#longFrame = Math.max(slowFrameMs, slowFrameFactor * median(this.#timesAtRest));
    // The load may be gone: the next movement starts with twice the fraction.
    if (this.#isSlow === false) this.#share = Math.min(1, 2 * this.#share);
    return this.#hasDrawnLess ? "incomplete" : "complete";
  }

  #measure(milliseconds: number): void {
    this.#times.push(milliseconds);
    if (this.#times.length < framesPerSample) return;
    const isLong = this.#times.reduce((sum, time) => sum + time, 0) / framesPerSample > this.#longFrame;
    this.#times = [];
    this.#isSlow = isLong || this.#isSlow === true;
    if (isLong) this.#share = Math.max(minFraction, this.#share / 2);
  }
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
