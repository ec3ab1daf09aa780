type WaitOptions = {
  /** Milliseconds after which the wait ends without the event; without end by default. */
  readonly timeout?: number;
  /** Ends the wait as if the time was over. */
  readonly signal?: AbortSignal;
};

/**
 * Something that happens again and again, and that others wait for. An event that happens while nobody waits is kept: it
 * ends the next wait at once. Several are kept as one.
 *
 *     const hasWork = new AsyncEvent();
 *     hasWork.set();
 *     await hasWork.wait(); // true, at once
 *     await hasWork.wait({ timeout: 1_000 }); // false, after a second
 */
export class AsyncEvent {
  #isSet = false;
  readonly #waiters = new Set<(happened: boolean) => void>();

  /** Ends all waits, or the next one where there is none. */
  set(): void {
    if (this.#waiters.size === 0) this.#isSet = true;
    for (const end of [...this.#waiters]) end(true);
  }

  /** Forgets an event that nobody has waited for. */
  clear(): void {
    this.#isSet = false;
  }

  /** Resolves to true with the event, to false with the time-out or the signal. */
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
