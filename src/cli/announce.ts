import type { Config } from "../config/index.ts";
import type { Log } from "../log.ts";
import type { RunningServer } from "../server/index.ts";

/** Tells that the service takes requests: people with a query to paste, a collector of logs with a line. */
export function announce(server: RunningServer, { host, logFormat }: Config, log: Log): void {
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

Ask who asserted a paper's claims, and how far that can be proved:

curl -s ${url} -H 'content-type: application/json' \\
  -d '{"query":"{ paper(ref: \\"arXiv:2302.12192\\") { title claims(first: 2) { nodes { text provenance { proof signer { signerId } } } } } }"}'

Ctrl-C stops it.
`);
}
