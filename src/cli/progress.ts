import type { IngestSummary } from "../ingest/index.ts";
import { counted } from "./output/layout.ts";
import { sanitize } from "./output/sanitize.ts";

/** Milliseconds between two updates, on a terminal and elsewhere. */
const terminalInterval = 100;
const plainInterval = 5000;

/** A line of progress that is rewritten on a terminal; elsewhere a new line every few seconds. */
export class ProgressLine {
  readonly #isShown: boolean;
  #shownAt = performance.now();
  #isOpen = false;

  constructor(isShown: boolean) {
    this.#isShown = isShown;
  }

  show(text: () => string): void {
    const now = performance.now();
    const { isTTY } = process.stderr;
    if (!this.#isShown || now - this.#shownAt < (isTTY ? terminalInterval : plainInterval)) return;
    this.#shownAt = now;
    process.stderr.write(isTTY ? `\r\x1b[K${text()}` : `${text()}\n`);
    this.#isOpen = isTTY;
  }

  /** Prints a line above the progress line. */
  print(line: string): void {
    if (!this.#isShown) return;
    this.end();
    // File names and messages may contain text from a document.
    process.stderr.write(`${sanitize(line)}\n`);
  }

  /** Clears the line before other output. */
  end(): void {
    if (this.#isOpen) process.stderr.write("\r\x1b[K");
    this.#isOpen = false;
  }
}

/** Shows the progress of an ingest. */
export class Progress extends ProgressLine {
  readonly #total: number | undefined;
  readonly #start = performance.now();
  #done = 0;

  /** `total`: the sum of all `read` amounts, bytes or documents; undefined if unknown. */
  constructor(total: number | undefined, isShown: boolean) {
    super(isShown);
    this.#total = total;
  }

  read(amount: number): void {
    this.#done += amount;
  }

  showSummary(summary: IngestSummary): void {
    this.show(() => this.#line(summary, performance.now()));
  }

  #line(summary: IngestSummary, now: number): string {
    const seconds = (now - this.#start) / 1000;
    const rate = `${counted(summary.documents, "document")}, ${Math.round(summary.documents / seconds)}/s`;
    if (this.#total === undefined || this.#total === 0) return rate;
    const share = Math.min(1, this.#done / this.#total);
    const remaining = share > 0 ? (seconds * (1 - share)) / share : 0;
    const percent = `${Math.floor(share * 100)}%`.padStart(4);
    return `${process.stderr.isTTY ? bar(share) : ""}${percent} · ${rate} · ${duration(remaining)} left`;
  }
}

const barWidth = 24;

/** `████████░░░░` for a share of two thirds. */
function bar(share: number): string {
  const full = Math.round(share * barWidth);
  return `${"█".repeat(full)}${"░".repeat(barWidth - full)}`;
}

function duration(seconds: number): string {
  const rounded = Math.ceil(seconds);
  if (rounded < 60) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return `${minutes} min ${rounded % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
