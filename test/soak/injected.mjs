// Loaded into every process under test (NODE_OPTIONS --import): shifts its clock and fills its memory as a file
// demands, and reports to another file. pith-graph does not depend on it.
import { appendFileSync, readFileSync } from "node:fs";
import { getHeapSpaceStatistics } from "node:v8";
import { isMainThread, threadId } from "node:worker_threads";

const { PITH_SOAK_ORDERS: orders, PITH_SOAK_WITNESS: witness, PITH_SOAK_SITE: site } = process.env;
const [, , command = ""] = process.argv;
const RealDate = Date;
const realNow = Date.now;
const started = performance.now();
let shift = 0;
let ballast = [];

RealDate.now = () => realNow() + shift;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [Date.now()] : args, newTarget),
  apply: () => new RealDate(Date.now()).toString(),
});
RealDate.prototype.constructor = globalThis.Date;

function report(event, details) {
  const line = {
    event,
    site,
    command,
    pid: process.pid,
    parent: process.ppid,
    thread: threadId,
    at: realNow(),
    ...details,
  };
  appendFileSync(witness, `${JSON.stringify(line)}\n`);
}

/** A megabyte of the heap that cannot be collected. Allocated at its full size, because growing leaves garbage. */
const megabyte = () => new Array(131_072).fill(null);

/** The old generation in megabytes. A process that exceeds its limit ends. Large objects soon belong to it. */
function oldGeneration(limit) {
  const used = getHeapSpaceStatistics()
    .filter(({ space_name: name }) => name !== "new_space")
    .reduce((sum, { space_used_size: size }) => sum + size, 0);
  return { limit, free: limit - used / 2 ** 20 };
}

function fill(leaveMegabytes) {
  const limit = Number(/--max-old-space-size=(\d+)/.exec(process.env.NODE_OPTIONS)[1]);
  while (oldGeneration(limit).free > leaveMegabytes + 1) ballast.push(megabyte());
  report("ballast", { megabytes: ballast.length, ...oldGeneration(limit) });
}

function applyOrders() {
  const { shiftMilliseconds, leaveMegabytes } = JSON.parse(readFileSync(orders, "utf8"));
  if (shiftMilliseconds !== shift) {
    shift = shiftMilliseconds;
    report("clock", { shift, shown: new Date().toISOString() });
  }
  const isTarget = isMainThread && site === "mirror" && command === "serve";
  if (isTarget && leaveMegabytes !== null && ballast.length === 0) fill(leaveMegabytes);
  if (leaveMegabytes === null) ballast = [];
}

if (["serve", "worker", "sync"].includes(command)) {
  applyOrders();
  if (isMainThread) report("start", {});
  setInterval(applyOrders, 200).unref();
  if (isMainThread) {
    setInterval(() => {
      const { rss, heapUsed, external } = process.memoryUsage();
      if (ballast.length > 0) return;
      const { user, system } = process.cpuUsage();
      report("memory", {
        cpu: (user + system) / 1e6,
        age: performance.now() - started,
        rss,
        heapUsed,
        external,
      });
    }, 1_000).unref();
  }
}
