// Preloaded into the server: on SIGUSR2 it reports the longest stall of the event loop since the last signal, by the
// clock and by the processor time of its thread, which other load does not lengthen.
import { readFileSync, writeFileSync } from "node:fs";

const path = process.env.PITH_BENCH_LOOP;
if (path !== undefined) {
  const tick = 2;
  const processorTime = () =>
    Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ", 1)[0]) / 1e6;
  let clock = performance.now();
  let processor = processorTime();
  let longest = { clock: 0, processor: 0 };
  setInterval(() => {
    const now = { clock: performance.now(), processor: processorTime() };
    longest = {
      clock: Math.max(longest.clock, now.clock - clock - tick),
      processor: Math.max(longest.processor, now.processor - processor),
    };
    clock = now.clock;
    processor = now.processor;
  }, tick).unref();
  let count = 0;
  process.on("SIGUSR2", () => {
    writeFileSync(path, JSON.stringify({ count: ++count, ...longest }));
    longest = { clock: 0, processor: 0 };
  });
}
