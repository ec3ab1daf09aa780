import type { ExportFile } from "../export/index.ts";
import { errorText } from "../runtime/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { type OutputOptions, writePieces } from "./export-output.ts";
import { say } from "./output/terminal.ts";
import { answerOf, dataOf, readAll, serviceAddress } from "./read/reader.ts";

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
  if (options.quiet !== true) say(`${name}: ${bytes} bytes`);
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
