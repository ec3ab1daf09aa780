const firstDelay = 1_000;
const longestDelay = 300_000;

/** The most attempts that may end with their worker: then the document itself is suspected of ending it. */
export const mostAttempts = 12;

/**
 * After a fault of the database, or the machine, at most so many attempts count: the next is made within some four
 * minutes, and a worker must end four times in succession before the document is given up.
 */
export const mostCountedOfInfrastructure = mostAttempts - 4;

/** The most attempts where this program is at fault: the next one hardly ends otherwise. */
export const mostAttemptsOnDefects = 4;

/**
 * How long after the start of its nth attempt (from 1) a submission may be taken up again, in milliseconds: doubling,
 * and spread, so that what failed together does not come back together. `random` is from 0 to 1.
 */
export function retryDelay(attempt: number, random = Math.random()): number {
  return Math.min(longestDelay, firstDelay * 2 ** (attempt - 1)) * (0.75 + random / 2);
}
