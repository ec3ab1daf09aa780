/**
 * Any constant: who else writes to the tables waits for it. Works and their counts belong to no one paper, so two
 * writers would have to agree on an order of locks; verification, the greater part, needs none.
 */
export const writeLock = 7_484_002;
