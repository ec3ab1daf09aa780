import type { IngestSummary } from "../ingest/index.ts";
import { counted } from "./output/layout.ts";
import { shownText } from "./output/shown-text.ts";

/** Milliseconds between two plain lines. */
const plainInterval = 5000;

/** Shows the progress of an ingest: one line that is rewritten on a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #total: number | undefined;
  readonly #isShown: boolean;
  readonly #start = performance.now();
  #done = 0;
  #lastLine = performance.now();
  #isLineOpen = false;

  /** `total`: what `read` will count in all, bytes or documents; undefined if unknown. */
  constructor(total: number | undefined, isShown: boolean) {
    this.#total = total;
    this.#isShown = isShown;
  }

  read(amount: number): void {
    this.#done += amount;
  }

  show(summary: IngestSummary): void {
    if (!this.#isShown) return;
    const now = performance.now();
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[K${this.#line(summary, now)}`);
      this.#isLineOpen = true;
    } else if (now - this.#lastLine >= plainInterval) {
      process.stderr.write(`${this.#line(summary, now)}\n`);
      this.#lastLine = now;
    }
  }

  /** Prints a line above the progress line. */
  say(line: string): void {
    if (!this.#isShown) return;
    this.end();
    // File names and messages may contain text from a document.
    process.stderr.write(`${shownText(line)}\n`);
  }

  end(): void {
    if (this.#isLineOpen) process.stderr.write("\r\x1b[K");
    this.#isLineOpen = false;
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
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
