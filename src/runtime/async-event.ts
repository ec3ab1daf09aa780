type WaitOptions = {
  /** Milliseconds after which the wait ends without the event. No limit by default. */
  readonly timeout?: number;
  /** Ends the wait as if it had timed out. */
  readonly signal?: AbortSignal;
};

/**
 * A recurring event that others wait for. An event set while nothing waits is remembered and ends the next wait at
 * once. Several of them count as one.
 *
 *     const hasWork = new AsyncEvent();
 *     hasWork.set();
 *     await hasWork.wait(); // true, at once
 *     await hasWork.wait({ timeout: 1_000 }); // false, after a second
 */
export class AsyncEvent {
  #isSet = false;
  readonly #waiters = new Set<(happened: boolean) => void>();

  /** Ends all waits; if there are none, the next one. */
  set(): void {
    if (this.#waiters.size === 0) this.#isSet = true;
    for (const end of [...this.#waiters]) end(true);
  }

  /** Forgets an event that no wait has consumed. */
  clear(): void {
    this.#isSet = false;
  }

  /** Resolves to true on the event, to false on the time-out or the signal. */
  wait({ timeout, signal }: WaitOptions = {}): Promise<boolean> {
    if (this.#isSet) {
      this.#isSet = false;
      return Promise.resolve(true);
    }
    if (signal?.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (happened: boolean) => {
        this.#waiters.delete(end);
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        resolve(happened);
      };
      const onAbort = () => end(false);
      const timer = timeout === undefined ? undefined : setTimeout(onAbort, timeout);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(end);
    });
  }
}
