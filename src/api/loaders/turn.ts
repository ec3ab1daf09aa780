let settling: (() => void)[] = [];
let sending: (() => void)[] = [];
let isScheduled = false;

function runTurn(): void {
  isScheduled = false;
  const settle = settling;
  settling = [];
  for (const work of settle) work();
  const send = sending;
  sending = [];
  for (const work of send) work();
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(runTurn);
}

/** Runs work at the end of this turn of the event loop: every resolver that can go on has gone on. */
export function whenSettled(work: () => void): void {
  settling.push(work);
  schedule();
}

/** Runs work after all that settles at the end of this turn: all requests have asked for what they need. */
export function afterSettling(work: () => void): void {
  sending.push(work);
  schedule();
}
