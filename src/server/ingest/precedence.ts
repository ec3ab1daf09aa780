/** Seconds by which a document of a token that has sent nothing lately goes before others. */
const mostAhead = 3_600;
/** Documents lately sent that halve it. */
const halving = 100;
/** Documents a second that are forgotten again: about what a worker finishes. */
const forgotten = 200;

type Level = { documents: number; at: number };

/**
 * Decides how long before its time a submission is due, so that a single document does not wait behind thousands of
 * another token: the more a token has sent lately, the less. Documents of tokens that send as much are due in turn,
 * those of one token in their order, and nobody is overtaken by what comes more than an hour later. It lives in this
 * process: where several serve one database, each reckons for itself.
 */
export class Precedence {
  readonly #now: () => number;
  readonly #levels = new Map<string, Level>();

  /** `now` gives milliseconds that only grow. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts a document of a token, and gives the seconds by which it is due before its time. */
  take(token: string): number {
    const now = this.#now();
    const level = this.#levels.get(token) ?? { documents: 0, at: now };
    const sent = Math.max(0, level.documents - ((now - level.at) / 1000) * forgotten);
    this.#levels.set(token, { documents: sent + 1, at: now });
    return (mostAhead * halving) / (halving + sent);
  }
}
