import type { Config } from "../config/index.ts";
import type { Log } from "../runtime/index.ts";
import type { RunningServer } from "../server/index.ts";

/**
 * Reports that the service is ready: to people with a query to paste, to a log collector with a line. `paper`: the
 * paper of that query; if null, none is stored, and commands that import some are named instead.
 */
export function announce(
  server: RunningServer,
  { host, logFormat }: Config,
  log: Log,
  paper: string | null,
): void {
  if (logFormat === "json") {
    log.info({ host, port: server.port }, "listening");
    return;
  }
  const shown = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  const home = `http://${shown}:${server.port}/`;
  const url = `${home}graphql`;
  process.stdout.write(`
pith-graph is ready: ${url}
Look at it in a browser: ${home}

${paper === null ? emptyText : exampleText(url, paper)}
Ctrl-C stops it.
`);
}

function exampleText(url: string, paper: string): string {
  return `Ask who asserted a paper's claims, and how far that can be proved:

curl -s ${url} -H 'content-type: application/json' \\
  -d '{"query":"{ paper(ref: \\"${paper}\\") { title claims(first: 2) { nodes { text provenance { proof signer { signerId } } } } } }"}'
`;
}

const emptyText = `No papers are stored yet. To add some, run one of these beside it, with the same settings:

pith-graph ingest <files or folders>          bundles and states from disk
pith-graph sync https://mirror.example.org    all papers of another mirror
`;
