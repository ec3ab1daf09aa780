import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ExportCounts, type ExportFile, type Snapshot, writeWhole } from "../export/index.ts";
import { say } from "./context.ts";
import { ExportProgress } from "./export-progress.ts";
import { fileTrouble } from "./output/file-trouble.ts";
import { terminalPieces } from "./output/terminal-text.ts";

/** Where an export goes, and whether a person is told how far it is. */
export type OutputOptions = { readonly output?: string; readonly quiet?: boolean };

/**
 * Writes an export to standard output, or into a file that is there once it is whole. What is read no faster than it
 * is written is not kept in memory.
 */
export async function writeExport(
  snapshot: Snapshot,
  file: ExportFile,
  { output, quiet = false }: OutputOptions,
): Promise<void> {
  const counts = new ExportCounts();
  // Where both go to the same terminal, the rows are progress enough.
  const progress = new ExportProgress(!quiet && (output !== undefined || !process.stdout.isTTY));
  let bytes = 0;
  const onBytes = (more: number) => {
    bytes += more;
    progress.show(file.name, bytes);
  };
  try {
    const pieces = file.write(snapshot, counts);
    if (output === undefined) {
      const counted = told(pieces, onBytes);
      const shown = process.stdout.isTTY ? terminalPieces(counted) : counted;
      await pipeline(Readable.from(shown), process.stdout, { end: false });
    } else await writeWhole(output, pieces, { onBytes });
  } catch (error) {
    throw output === undefined ? error : fileTrouble(error, output);
  } finally {
    progress.end();
  }
  if (!quiet) say(summary(file.name, bytes, counts.main.rows, counts.citations.rows));
}

/** What was written, for a person. */
export function summary(name: string, bytes: number, rows: number, citations: number): string {
  const counted = [
    ...(rows > 0 || citations === 0 ? [`${rows} rows`] : []),
    ...(citations > 0 ? [`${citations} citations`] : []),
  ];
  return `${name}: ${counted.join(", ")}, ${bytes} bytes`;
}

async function* told(
  pieces: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    onBytes(piece.length);
    yield piece;
  }
}
