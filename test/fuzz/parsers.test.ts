import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Coverage } from "./parsers/coverage.ts";
import { demandLinear } from "./parsers/growth.ts";
import { targets } from "./parsers/index.ts";

const corpora = join(import.meta.dirname, "corpus");

/** What fuzzing has kept: inputs that lead to different places, and those that once found something. */
function corpusOf(name: string): (readonly [file: string, input: Buffer])[] {
  const folder = join(corpora, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))] as const);
}

describe.each(targets)("$name", ({ name, seeds, check }) => {
  test("its seeds and its corpus hold what it promises", async () => {
    const corpus = corpusOf(name);
    expect(corpus.length).toBeGreaterThan(0);
    for (const seed of seeds()) await check(Buffer.from(seed));
    for (const [file, input] of corpus) {
      await expect(
        Promise.resolve().then(() => check(input)),
        file,
      ).resolves.toBeUndefined();
    }
  });

  test("repeated, they take steps as they are long", async () => {
    const coverage = new Coverage();
    let steps = 0;
    for (const seed of seeds()) {
      const input = Buffer.from(seed).subarray(0, 4_000);
      await check(input);
      steps += coverage.take().steps;
      await demandLinear({ name, seeds, check }, input, coverage);
    }
    coverage.close();
    // Something was counted.
    expect(steps).toBeGreaterThan(0);
  });

  test("cut off anywhere, its seeds still hold it", async () => {
    for (const seed of seeds()) {
      const bytes = Buffer.from(seed);
      const step = Math.max(1, Math.ceil(bytes.length / 20));
      for (let end = 0; end < bytes.length; end += step) await check(bytes.subarray(0, end));
    }
  });
});

test("a folder of the corpus is a target's", () => {
  expect(readdirSync(corpora).filter((name) => !targets.some((target) => target.name === name))).toEqual([]);
});
