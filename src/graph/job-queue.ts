/** A job that waits for a thread. */
export type QueueEntry = {
  /** The request it belongs to. */
  readonly requester: object;
  /** How often it was interrupted and had to restart. */
  interruptions: number;
};

/** Milliseconds that a question may run before others can interrupt it. */
const firstSliceMilliseconds = 100;
/** Each interruption multiplies that time by this factor. */
const sliceGrowth = 4;

/**
 * Decides which question the next free thread answers, and when a running one is interrupted: the request that has used
 * the threads least comes first. A question cannot be resumed, only restarted, so its time slices grow: at most a third
 * of its time is lost.
 */
export class JobQueue<Job extends QueueEntry> {
  readonly #used = new WeakMap<object, number>();
  #waiting: Job[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  add(job: Job): void {
    this.#waiting.push(job);
  }

  remove(job: Job): void {
    this.#waiting = this.#waiting.filter((other) => other !== job);
  }

  /** Removes and returns the next job; of equals the one that has waited longest. */
  next(): Job | undefined {
    let first: Job | undefined;
    for (const job of this.#waiting) {
      if (first === undefined || this.#usedBy(job) < this.#usedBy(first)) first = job;
    }
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Removes and returns all jobs. */
  clear(): Job[] {
    return this.#waiting.splice(0);
  }

  /** Records the time that a job used a thread. */
  addUsage(job: Job, milliseconds: number): void {
    this.#used.set(job.requester, this.#usedBy(job) + milliseconds);
  }

  /** How long a running job may continue before it is interrupted; null if no waiting job has priority over it. */
  millisecondsLeft(job: Job, ran: number): number | null {
    const used = this.#usedBy(job) + ran;
    const isInTheWay = this.#waiting.some(
      (other) => other.requester !== job.requester && this.#usedBy(other) <= used,
    );
    return isInTheWay ? Math.max(0, firstSliceMilliseconds * sliceGrowth ** job.interruptions - ran) : null;
  }

  #usedBy({ requester }: Job): number {
    return this.#used.get(requester) ?? 0;
  }
}
