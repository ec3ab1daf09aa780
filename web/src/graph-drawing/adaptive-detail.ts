/** Frames that take longer, in milliseconds, are seen as steps: fewer than 40 a second. */
const slowFrameMs = 25;
/** But not where the browser makes no more frames at rest either, as it does to save energy: so many times as long. */
const slowFrameFactor = 1.5;
/** So many frames are looked at together. */
const framesPerSample = 3;
/** So many frames in which nothing was drawn are rest. */
const framesUntilRest = 10;
const minFraction = 1 / 16;

/**
 * How much of what is many is drawn while a picture moves: all of it, unless frames are measured to take too long;
 * then by and by less, and all again at rest. Time is counted in frames, not by a clock: where the browser draws
 * slowly, its frames come slowly too, and a clock would take that for rest.
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
  /** Whether the frames of this movement were long; null where too few were looked at. */
  #isSlow: boolean | null = null;

  /** From 0 to 1, of the frame that is drawn now. What is drawn once, after rest, is whole. */
  get fraction(): number {
    return this.#isMoving ? this.#share : 1;
  }

  /** A frame has been drawn. True where that begins a movement: then `frame` wants to be told of each frame. */
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
   * A frame of the browser, at a time in milliseconds. `"moving"` while it still wants to be told of the next;
   * at rest, whether the whole was drawn.
   */
  onFrame(now: number): "moving" | "whole" | "incomplete" {
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
    // What kept the machine busy may have gone: the next movement tries more.
    if (this.#isSlow === false) this.#share = Math.min(1, 2 * this.#share);
    return this.#hasDrawnLess ? "incomplete" : "whole";
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
