import type { Command } from "commander";
import { padded } from "../output/layout.ts";
import { jsonLine, sanitize } from "../output/sanitize.ts";
import { coloursFor } from "../output/terminal.ts";
import { addReadOptions, type ReadOptions, withReader } from "./read-command.ts";

export function addStatusCommand(program: Command): void {
  const command = program
    .command("status")
    .description("show what is stored: counts, the graph version, and the last change")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph status
  $ pith-graph status --json --url http://127.0.0.1:4000

JSON: {"status": …, "events": {"nodes": [{"receivedAt"}]}}, as in GraphQL: the last accepted event, if there is one.`,
    );
  addReadOptions(command).action(runStatus);
}

const query = /* GraphQL */ `
  query Status {
    status {
      papers works claims citations events invalidEvents rejectedDocuments graphVersion hasSample softwareVersion
    }
    events(last: 1) { nodes { receivedAt } }
  }
`;

type Answer = {
  readonly status: Readonly<Record<(typeof counts)[number][1], number>> & {
    readonly graphVersion: string;
    readonly hasSample: boolean;
    readonly softwareVersion: string;
  };
  readonly events: { readonly nodes: readonly { readonly receivedAt: string }[] };
};

const counts = [
  ["Papers", "papers"],
  ["Works", "works"],
  ["Claims", "claims"],
  ["Citations", "citations"],
  ["Events", "events"],
  ["Invalid events", "invalidEvents"],
  ["Rejected documents", "rejectedDocuments"],
] as const;

async function runStatus(options: ReadOptions): Promise<void> {
  await withReader(options, async ({ execute }) => {
    const answer = await execute<Answer>(query);
    process.stdout.write(
      options.json === true ? `${jsonLine(answer)}\n` : `${statusLines(answer).join("\n")}\n`,
    );
  });
}

function statusLines({ status, events }: Answer): string[] {
  const colours = coloursFor(process.stdout);
  const facts = [
    ...counts.map(([name, member]) => [name, status[member].toLocaleString("en")] as const),
    ["Last change", sanitize(events.nodes[0]?.receivedAt ?? "none")],
    ["Graph version", sanitize(status.graphVersion)],
    ["Sample data", status.hasSample ? "loaded" : "not loaded"],
    ["pith-graph", sanitize(status.softwareVersion)],
  ] as const;
  return facts.map(([name, text]) => `${colours.faint(padded(name, 20))}${text}`);
}
