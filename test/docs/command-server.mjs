// Runs commands of the documents one after the other in one process, because loading the software takes most of the
// time of a short command. Prints its port, and ends with its standard input. A client (the program of instance.ts)
// sends a line with the path of a folder that has `arguments`, `environment` (each entry ended by NUL), `directory` and
// `input`. The answer is the exit status; `output` and `errors` are in the folder by then.
import { createReadStream, createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { main } from "../../dist/cli/main.js";

const { stdin, stdout } = process;

// Each command listens for signals until its process ends.
process.setMaxListeners(0);

function replace(name, value) {
  Object.defineProperty(process, name, { value, configurable: true, writable: true });
}

async function entriesOf(path) {
  return (await readFile(path, "utf8")).split("\0").slice(0, -1);
}

async function run(folder) {
  const [output, errors] = ["output", "errors"].map((name) => createWriteStream(join(folder, name)));
  const environment = await entriesOf(join(folder, "environment"));
  process.env = Object.fromEntries(
    environment.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
  process.chdir((await readFile(join(folder, "directory"), "utf8")).trimEnd());
  process.exitCode = undefined;
  replace("stdin", createReadStream(join(folder, "input")));
  replace("stdout", output);
  replace("stderr", errors);
  await main(["node", "pith-graph", ...(await entriesOf(join(folder, "arguments")))]);
  for (const stream of [output, errors]) {
    stream.end();
    await finished(stream);
  }
  process.stdin.destroy();
  return process.exitCode ?? 0;
}

let before = Promise.resolve();
const server = createServer((socket) => {
  let text = "";
  socket.setEncoding("utf8").on("data", (more) => {
    text += more;
    if (!text.endsWith("\n")) return;
    // A command never rejects: if one does, this process ends with the error.
    before = before.then(() => run(text.trimEnd())).then((status) => socket.end(`${status}\n`));
  });
});
server.listen(0, "127.0.0.1", () => stdout.write(`${server.address().port}\n`));
stdin.resume().on("end", () => process.exit());
