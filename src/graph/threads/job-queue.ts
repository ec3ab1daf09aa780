/** What waits for a thread. */
export type Queued = {
  /** The request it belongs to. */
  readonly asker: object;
  /** How often it was interrupted and has to begin again. */
  interruptions: number;
};

/** Milliseconds that a question has a thread to itself, before others may interrupt it. */
const firstSlice = 100;
/** Each time it was interrupted it has so many times as long. */
const growth = 4;

/**
 * Which question the next free thread answers, and when one that runs is interrupted: the request that has used the
 * threads least comes first. A question cannot be continued, only begun again, so it is interrupted ever later: at most
 * a third of its time is lost.
 */
export class JobQueue<Job extends Queued> {
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

  /** Takes the next job; of equals the one that has waited longest. */
  next(): Job | undefined {
    let first: Job | undefined;
    for (const job of this.#waiting) {
      if (first === undefined || this.#usedBy(job) < this.#usedBy(first)) first = job;
    }
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Takes all that wait. */
  clear(): Job[] {
    return this.#waiting.splice(0);
  }

  /** Notes that a job had a thread for some time. */
  note(job: Job, milliseconds: number): void {
    this.#used.set(job.asker, this.#usedBy(job) + milliseconds);
  }

  /**
   * How long a job that has run for some time may go on before it is interrupted for others; null where nobody waits who
   * would come before it.
   */
  millisecondsLeft(job: Job, ran: number): number | null {
    const used = this.#usedBy(job) + ran;
    const isInTheWay = this.#waiting.some(
      (other) => other.asker !== job.asker && this.#usedBy(other) <= used,
    );
    return isInTheWay ? Math.max(0, firstSlice * growth ** job.interruptions - ran) : null;
  }

  #usedBy({ asker }: Job): number {
    return this.#used.get(asker) ?? 0;
  }
}
