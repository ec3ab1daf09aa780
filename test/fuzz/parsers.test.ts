import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Coverage } from "./parsers/coverage.ts";
import { assertLinear } from "./parsers/growth.ts";
import { targets } from "./parsers/index.ts";

const corpora = join(import.meta.dirname, "corpus");

/** The inputs that fuzzing has kept: those that reach different code, and those that once found a fault. */
function corpusOf(name: string): (readonly [file: string, input: Buffer])[] {
  const folder = join(corpora, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))] as const);
}

describe.each(targets)("the parser target $name", ({ name, seeds, check }) => {
  test("has its properties for all its seeds and corpus", async () => {
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

  test("executes a number of blocks that is linear in the length of repeated seeds", async () => {
    const coverage = new Coverage();
    let steps = 0;
    for (const seed of seeds()) {
      const input = Buffer.from(seed).subarray(0, 4_000);
      await check(input);
      steps += coverage.take().steps;
      await assertLinear({ name, seeds, check }, input, coverage);
    }
    coverage.close();
    // The coverage counts something.
    expect(steps).toBeGreaterThan(0);
  });

  test("has its properties for seeds that are cut off anywhere", async () => {
    for (const seed of seeds()) {
      const bytes = Buffer.from(seed);
      const step = Math.max(1, Math.ceil(bytes.length / 20));
      for (let end = 0; end < bytes.length; end += step) await check(bytes.subarray(0, end));
    }
  });
});

test("every folder of the corpus belongs to a target", () => {
  expect(readdirSync(corpora).filter((name) => !targets.some((target) => target.name === name))).toEqual([]);
});
