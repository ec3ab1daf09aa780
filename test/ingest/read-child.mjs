// Reads the sources named as arguments, and prints the documents of each and the process's peak memory.
import { findSources, readSource } from "../../dist/ingest/index.js";

const [, , limit, ...paths] = process.argv;
const delivered = [];
for (const source of await findSources(paths)) {
  for await (const delivery of readSource(source, Number(limit), () => {})) {
    delivered.push(
      "bytes" in delivery
        ? { source: delivery.source, text: Buffer.from(delivery.bytes).toString() }
        : { source: delivery.source, code: delivery.code },
    );
  }
}
process.stdout.write(JSON.stringify({ delivered, kilobytes: process.resourceUsage().maxRSS }));
