/** Milliseconds between two lines, on a terminal and elsewhere. */
const terminalInterval = 100;
const plainInterval = 5000;

/** Shows how far an export is: one line that is rewritten on a terminal, a line now and then elsewhere. */
export class ExportProgress {
  readonly #isShown: boolean;
  readonly #start = performance.now();
  #shownAt = performance.now();
  #isLineOpen = false;

  constructor(isShown: boolean) {
    this.#isShown = isShown;
  }

  show(name: string, bytes: number): void {
    const now = performance.now();
    const { isTTY } = process.stderr;
    if (!this.#isShown || now - this.#shownAt < (isTTY ? terminalInterval : plainInterval)) return;
    this.#shownAt = now;
    const line = `${name}: ${(bytes / 1e6).toFixed(1)} MB, ${Math.round((now - this.#start) / 1000)} s`;
    process.stderr.write(isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    this.#isLineOpen = isTTY;
  }

  /** Clears the line that is rewritten: something else is about to be said. */
  end(): void {
    if (this.#isLineOpen) process.stderr.write("\r\x1b[K");
    this.#isLineOpen = false;
  }
}
