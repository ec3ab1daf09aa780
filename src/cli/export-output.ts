import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ExportCounts, type ExportFile, type Snapshot, writeFileAtomically } from "../export/index.ts";
import { errorText } from "../runtime/index.ts";
import { isServerFault } from "../store/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { printStatus, terminalPieces } from "./output/terminal.ts";
import { ProgressLine } from "./progress.ts";
import { answerOf, dataOf, readAll, serviceAddress } from "./read/reader.ts";

/** Where an export is written, and whether progress is shown. */
export type OutputOptions = { readonly output?: string; readonly quiet?: boolean };

/** Writes an export of the configured database. */
export async function writeExport(
  snapshot: Snapshot,
  file: ExportFile,
  options: OutputOptions,
): Promise<void> {
  const counts = new ExportCounts();
  const bytes = await writePieces(file.name, file.write(snapshot, counts), options);
  if (options.quiet !== true) printStatus(summary(file.name, bytes, counts.main.rows, counts.citations.rows));
}

/**
 * Writes pieces to standard output, or atomically to a file, and returns the number of bytes. They are read no faster
 * than they are written, so they are not kept in memory.
 */
async function writePieces(
  name: string,
  pieces: AsyncIterable<Uint8Array>,
  { output, quiet = false }: OutputOptions,
): Promise<number> {
  // If both go to the same terminal, the rows are progress enough.
  const progress = new ExportProgress(!quiet && (output !== undefined || !process.stdout.isTTY));
  let bytes = 0;
  const onBytes = (more: number) => {
    bytes += more;
    progress.show(name, bytes);
  };
  try {
    if (output === undefined) {
      const observed = counting(pieces, onBytes);
      const shown = process.stdout.isTTY ? terminalPieces(observed) : observed;
      await pipeline(Readable.from(shown), process.stdout, { end: false });
    } else await writeFileAtomically(output, pieces, { onBytes });
  } catch (error) {
    throw output === undefined ? error : describeWriteError(error, output);
  } finally {
    progress.end();
  }
  return bytes;
}

/** A summary of the export, for a person. */
export function summary(name: string, bytes: number, rows: number, citations: number): string {
  const counted = [
    ...(rows > 0 || citations === 0 ? [`${rows} rows`] : []),
    ...(citations > 0 ? [`${citations} citations`] : []),
  ];
  return `${name}: ${counted.join(", ")}, ${bytes} bytes`;
}

async function* counting(
  pieces: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    onBytes(piece.length);
    yield piece;
  }
}

/** Shows the progress of an export. */
export class ExportProgress {
  readonly #line: ProgressLine;
  readonly #start = performance.now();

  constructor(isShown: boolean) {
    this.#line = new ProgressLine(isShown);
  }

  show(name: string, bytes: number): void {
    const seconds = Math.round((performance.now() - this.#start) / 1000);
    this.#line.show(() => `${name}: ${(bytes / 1e6).toFixed(1)} MB, ${seconds} s`);
  }

  /** Clears the progress line before other output. */
  end(): void {
    this.#line.end();
  }
}

/** Node.js's names of file operations; network connections have some of the same names. */
const fileOperations =
  /^(?:open|write|writev|fsync|fdatasync|close|rename|unlink|rm|rmdir|mkdir|scandir|stat|lstat)$/;

/** Error codes for a file name that is invalid, or not allowed for this user. All others are faults of the disk. */
const nameCodes = /^(?:ENOENT|ENOTDIR|EISDIR|EEXIST|EACCES|EPERM|EROFS|ENAMETOOLONG|ELOOP)$/;

/**
 * Explains an error of a file or folder that a command was to write, without a stack: its name cannot be used, or there
 * is no room. Returns every other error unchanged.
 */
export function describeWriteError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || isServerFault(error)) return error;
  const { syscall = "", code = "" } = error as NodeJS.ErrnoException;
  if (!fileOperations.test(syscall)) return error;
  const status = nameCodes.test(code) ? exitStatus.usage : exitStatus.unavailable;
  return new CommandError(`Can't write ${path}: ${errorText(error)}.`, status);
}

/** For `Command.option`. PITH_GRAPH_URL does not count here: most servers export nothing over HTTP. */
export const exportUrlOption = [
  "--url <address>",
  "export from this server; PITH_GRAPH_BEARER_TOKEN is its token, if it needs one",
] as const;

/** Writes an export that a server makes: the same bytes as of its own database. */
export async function downloadExport(
  address: string,
  { name }: ExportFile,
  parameters: URLSearchParams,
  options: OutputOptions,
): Promise<void> {
  const url = new URL(`export/${name}`, serviceAddress(address));
  url.search = String(parameters);
  const bytes = await writePieces(name, download(url), options);
  if (options.quiet !== true) printStatus(`${name}: ${bytes} bytes`);
}

async function* download(url: URL): AsyncGenerator<Uint8Array> {
  const token = process.env["PITH_GRAPH_BEARER_TOKEN"]?.trim() ?? "";
  try {
    const response = await fetch(url, {
      headers: token === "" ? {} : { authorization: `Bearer ${token}` },
      // A redirect would disclose the token to another server.
      redirect: "error",
    });
    if (!response.ok) dataOf(answerOf(url, response, await readAll(response)));
    yield* response.body ?? [];
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`Can't fetch ${url.href}: ${errorText(error)}.`, exitStatus.unavailable);
  }
}
