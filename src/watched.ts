/** What came of work: its result, or why it failed. */
export type Outcome = { readonly result: unknown } | { readonly error: unknown };

/** Somebody's look at one piece of work. */
export type Watch = {
  /** Runs the work in a context of the watcher's, like an AsyncLocalStorage. */
  readonly run?: <Result>(work: () => Result) => Result;
  readonly end: (outcome: Outcome) => void;
};

/** Called as work begins. */
export type Watcher<About> = (about: About) => Watch;

/**
 * A kind of work that may be watched: statements, requests, batches. The code that does the work knows nothing of
 * metrics and traces; where nobody watches, it costs the look at an empty list.
 */
export class Watched<About> {
  #watchers: readonly Watcher<About>[] = [];

  get isWatched(): boolean {
    return this.#watchers.length > 0;
  }

  /** Watches from now on, until the function that it gives is called. */
  watch(watcher: Watcher<About>): () => void {
    this.#watchers = [...this.#watchers, watcher];
    return () => {
      this.#watchers = this.#watchers.filter((other) => other !== watcher);
    };
  }

  /** Does the work; where it gives a promise, it ends with that. */
  run<Result>(about: About, work: () => Result): Result {
    if (this.#watchers.length === 0) return work();
    const watch = this.begin(about);
    let result: Result;
    try {
      result = watch.run(work);
    } catch (error) {
      watch.end({ error });
      throw error;
    }
    if (result instanceof Promise) {
      result.then(
        (settled) => watch.end({ result: settled }),
        (error) => watch.end({ error }),
      );
    } else watch.end({ result });
    return result;
  }

  /** For work whose end is told otherwise than by a promise: `end` must be called, once. */
  begin(about: About): Required<Watch> {
    const watches = this.#watchers.map((watcher) => watcher(about));
    return {
      run: (work) => {
        let all = work;
        for (const { run } of watches) {
          const inner = all;
          if (run !== undefined) all = () => run(inner);
        }
        return all();
      },
      end: (outcome) => {
        for (const { end } of watches) end(outcome);
      },
    };
  }
}
