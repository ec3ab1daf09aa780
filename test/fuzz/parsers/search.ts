import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../random.ts";
import { Coverage } from "./coverage.ts";
import { assertLinear } from "./growth.ts";
import { mutated } from "./mutation.ts";
import type { Target } from "./target.ts";

export const corpora = join(import.meta.dirname, "..", "corpus");

/** The result of a search: inputs that violate a property, with the errors. */
export type Found = {
  readonly executions: number;
  readonly places: number;
  readonly kept: number;
  readonly faults: readonly { readonly file: string; readonly error: string }[];
};

/** The maximum processor time of an input, in milliseconds. */
const maxMilliseconds = 3_000;
const maxKept = 60;
const maxBytes = 40_000;

type Input = { readonly bytes: Buffer; readonly places: readonly string[] };

/**
 * Searches for inputs that reach new code, or repeat code more often; mutates each of them further. Writes those that
 * violate a property to the corpus, and at the end a small corpus that reaches as much of that code as possible.
 */
export async function search(target: Target, seconds: number, seed: number): Promise<Found> {
  const random = new Random(seed);
  const folder = join(corpora, target.name);
  mkdirSync(folder, { recursive: true });
  const files = readdirSync(folder);
  const regressions = files.filter((file) => file.startsWith("found-"));
  const before = [
    ...target.seeds().map((given) => Buffer.from(given)),
    ...files.map((file) => readFileSync(join(folder, file))),
  ];
  const coverage = new Coverage();
  const known = new Set<string>();
  const inputs: Input[] = [];
  const faults = new Map<string, string>();
  let executions = 0;

  const run = async (bytes: Buffer) => {
    executions++;
    const start = process.cpuUsage();
    try {
      await target.check(bytes);
      const { user } = process.cpuUsage(start);
      if (user / 1_000 > maxMilliseconds) throw new Error(`It took ${user / 1_000} ms.`);
    } catch (error) {
      const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      // One input for each kind of fault.
      const kind = (error as Error).stack?.split("\n").slice(1, 3).join() ?? words;
      if (!faults.has(kind)) {
        const file = `found-${nameOf(bytes)}`;
        writeFileSync(join(folder, file), bytes);
        faults.set(kind, `${file}\n${words.slice(0, 500)}`);
      }
    }
    const { places } = coverage.take();
    const isNew = places.some((place) => !known.has(place));
    for (const place of places) known.add(place);
    if (isNew) inputs.push({ bytes, places });
  };

  coverage.take();
  for (const bytes of before) await run(bytes);
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    // Prefers newer inputs, which more often lead to new code.
    const from = random.chance(0.5) ? Math.max(0, inputs.length - 20) : 0;
    const pick = () => inputs[random.integer(from, inputs.length - 1)]?.bytes ?? Buffer.alloc(0);
    await run(mutated(pick(), pick(), random));
    // Lets timers and signals run.
    if (executions % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const kept = smallest(inputs);
  for (const { bytes } of kept) {
    await assertLinear(target, bytes, coverage).catch((error: Error) => {
      writeFileSync(join(folder, `found-${nameOf(bytes)}`), bytes);
      faults.set(error.message, `found-${nameOf(bytes)}\n${error.message}`);
    });
  }
  coverage.close();
  for (const file of files) if (!regressions.includes(file)) rmSync(join(folder, file));
  for (const { bytes } of kept) writeFileSync(join(folder, nameOf(bytes)), bytes);
  return {
    executions,
    places: new Set([...known].map((place) => place.replace(/:\d+$/, ""))).size,
    kept: kept.length,
    faults: [...faults.values()].map((text) => {
      const [file = "", ...error] = text.split("\n");
      return { file, error: error.join("\n") };
    }),
  };
}

/** A few short inputs that together reach much code, chosen greedily. */
function smallest(inputs: readonly Input[]): Input[] {
  const left = [...inputs];
  const reached = new Set<string>();
  const kept: Input[] = [];
  let bytes = 0;
  while (kept.length < maxKept && left.length > 0) {
    const gain = ({ places, bytes: { length } }: Input) =>
      places.filter((place) => !reached.has(place)).length / Math.sqrt(20 + length);
    const best = left.reduce((one, other) => (gain(other) > gain(one) ? other : one));
    if (gain(best) === 0) break;
    left.splice(left.indexOf(best), 1);
    if (bytes + best.bytes.length > maxBytes) continue;
    bytes += best.bytes.length;
    kept.push(best);
    for (const place of best.places) reached.add(place);
  }
  return kept;
}

function nameOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}
