const firstDelay = 1_000;
const longestDelay = 300_000;

/** The most attempts where the database, or the machine, is at fault: some twenty minutes of them. */
export const mostAttempts = 12;

/** The most attempts where this program is at fault: the next one hardly ends otherwise. */
export const mostAttemptsOnDefects = 4;

/**
 * How long after the start of its nth attempt (from 1) a submission may be taken up again, in milliseconds: doubling,
 * and spread, so that what failed together does not come back together. `random` is from 0 to 1.
 */
export function retryDelay(attempt: number, random = Math.random()): number {
  return Math.min(longestDelay, firstDelay * 2 ** (attempt - 1)) * (0.75 + random / 2);
}
