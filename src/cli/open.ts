import { spawn } from "node:child_process";
import type { Command } from "commander";
import { readConfig } from "../config/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { printStatus } from "./output/terminal.ts";
import { refDescription, urlOption } from "./read/read-command.ts";
import { serviceAddress } from "./read/reader.ts";
import { runningService } from "./running-service.ts";

type Options = { readonly url?: string; readonly browser: boolean };

export function addOpenCommand(program: Command): void {
  program
    .command("open")
    .description("open the explorer in the browser, and print its address")
    .argument("[ref]", refDescription)
    .addOption(urlOption("the server, instead of the one that runs here (HOST, PORT)"))
    .option("--no-browser", "only print the address")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph open
  $ pith-graph open 2302.12192 --no-browser

Exit status: 0, also if there is no browser; 3 if no pith-graph runs here.`,
    )
    .action((ref: string | undefined, options: Options) => runOpen(ref, options));
}

async function runOpen(ref: string | undefined, { url, browser }: Options): Promise<void> {
  const base = url === undefined ? await addressHere() : serviceAddress(url).href;
  const address = ref === undefined ? base : `${base}paper/${pathOf(ref)}`;
  process.stdout.write(`${address}\n`);
  if (browser && !(await isStarted(address))) printStatus("No browser was found: open this address in one.");
}

async function addressHere(): Promise<string> {
  const { host, port } = readConfig();
  const address = await runningService(host, port);
  if (address !== null) return address;
  throw new CommandError(
    `No pith-graph answers on port ${port} of ${host}. Start one with \`pith-graph start\`, or name a server with --url.`,
    exitStatus.unavailable,
  );
}

/** Slashes stay, as in the explorer's own links, except before steps that browsers remove. */
function pathOf(ref: string): string {
  return ref
    .split("/")
    .map((step) => encodeURIComponent(step))
    .join("/")
    .replace(/\/(?=\.{0,2}(?:\/|$))/g, "%2F");
}

/** The desktop's opener gets the address as an argument: no shell reads it. */
const openers: Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

function isStarted(address: string): Promise<boolean> {
  const [command, ...args] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(command, [...args, address], { detached: true, stdio: "ignore" });
  child.unref();
  return new Promise((resolve) => {
    child.once("spawn", () => resolve(true)).once("error", () => resolve(false));
  });
}
