const closed = new AbortController();

/** Aborted once nobody reads standard output any more: `pith-graph verify many.ndjson | head -1`. */
export const outputClosed: AbortSignal = closed.signal;

/**
 * Lets commands come to their end in order when whoever reads their output stops before its end: what they hold, an
 * embedded server for one, is let go of. Without this the process would end where it stands.
 */
export function watchOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed.abort();
  });
  // Nobody is left to be told.
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

/** Whether an error says that, and nothing else. */
export function isClosedOutput(error: unknown): boolean {
  return closed.signal.aborted && (error as NodeJS.ErrnoException | null)?.code === "EPIPE";
}
