import type { Pause } from "./request-pauses.ts";

/** Milliseconds: a pause so long is named at once, shorter ones together as often. */
const notedPause = 10_000;
const interval = 30_000;

/** Says that a mirror asks for pauses: at the first, at each long one, and at most every 30 s at short ones. */
export class PauseNotices {
  readonly #baseUrl: string;
  readonly #onNotice: ((line: string) => void) | undefined;
  readonly #now: () => number;
  #count = 0;
  #milliseconds = 0;
  #lastNotice = Number.NEGATIVE_INFINITY;

  constructor(
    baseUrl: string,
    onNotice: ((line: string) => void) | undefined,
    now: () => number = () => performance.now(),
  ) {
    this.#baseUrl = baseUrl;
    this.#onNotice = onNotice;
    this.#now = now;
  }

  add({ status, milliseconds }: Pause): void {
    this.#count++;
    this.#milliseconds += milliseconds;
    const now = this.#now();
    if (milliseconds < notedPause && now - this.#lastNotice < interval) return;
    this.#lastNotice = now;
    const reason = status === 429 ? "limits requests (429)" : "is busy (503)";
    const inAll = this.#count > 1 ? ` (${this.#count} pauses, ${seconds(this.#milliseconds)} s so far)` : "";
    this.#onNotice?.(
      `${this.#baseUrl} ${reason}: all requests pause for ${seconds(milliseconds)} s${inAll}, then go on.`,
    );
  }
}

function seconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000);
}
