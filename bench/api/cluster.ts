// Runs an unchanged program in several processes that share its port: `cluster.ts PROCESSES FILE ARGUMENTS…`.
import cluster from "node:cluster";

const [processes = "1", exec = "", ...args] = process.argv.slice(2);
cluster.setupPrimary({ exec, args, silent: true });
let listening = 0;
cluster.on("listening", (_worker, { port }) => {
  listening += 1;
  if (listening === Number(processes)) console.log(`listening ${port}`);
});
cluster.on("exit", (worker, code) => {
  if (!worker.exitedAfterDisconnect && code !== 0)
    throw new Error(`A process of the cluster ended with ${code}.`);
});
for (let index = 0; index < Number(processes); index++) {
  const worker = cluster.fork();
  worker.process.stderr?.pipe(process.stderr);
  // Read, so that the pipe does not fill up.
  worker.process.stdout?.resume();
}
process.on("SIGTERM", () => {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGTERM");
  cluster.disconnect(() => process.exit());
});
