// A small application on the embedded server, which the tests run as a separate process.
//   node application.mjs <data directory> [<line> <signal>]
// Prints events as JSON lines; reads commands from standard input. Sends itself the signal when the library logs a
// line that starts with <line>: SIGKILL ends it, SIGSTOP stops it exactly there.
import { createInterface } from "node:readline";
import pg from "pg";
import { acquireEmbeddedServer } from "../../../dist/embedded-postgres/index.js";

const [dataDirectory = "", faultLine, faultSignal] = process.argv.slice(2);

function print(event, more = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...more })}\n`);
}

async function main() {
  const server = await acquireEmbeddedServer({
    dataDirectory,
    log: (line) => {
      print("log", { line });
      if (faultLine !== undefined && line.startsWith(faultLine)) process.kill(process.pid, faultSignal);
    },
  });
  const query = async (text) => {
    const client = new pg.Client(server.connection);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  const commands = createInterface({ input: process.stdin });
  const close = async () => {
    commands.close();
    process.stdin.destroy();
    await server.release();
    print("released");
  };
  // Answers the signal with a query: the server must still run.
  const onSignal = async (signal) => {
    print("signal", { signal, rows: await query("SELECT 1 AS one") });
    await close();
  };
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  print("acquired", { started: server.started, connection: server.connection });
  for await (const line of commands) {
    if (line === "release") {
      process.removeListener("SIGINT", onSignal).removeListener("SIGTERM", onSignal);
      return close();
    }
    print("rows", { rows: await query(line) });
  }
}

main().catch((error) => {
  print("failed", { name: error.name, code: error.code, message: error.message });
  process.exitCode = 1;
});
