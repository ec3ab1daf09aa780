import { expect, it } from "vitest";
import { type Fetched, Intake } from "../../src/sync/intake.ts";

function fetched(name: string, bytes = 1): Fetched {
  const delivered = { source: name, bytes: new Uint8Array(bytes) };
  return { delivered, failure: null, paper: name, complete: () => {} };
}

const names = (batch: readonly Fetched[]) => batch.map(({ delivered }) => delivered.source).join("");

it("Intake writes the first document at once, and those that arrive during a write in one batch", async () => {
  const batches: string[] = [];
  const gates: (() => void)[] = [];
  const waiting: ((batch: string) => void)[] = [];
  const next = () => new Promise<string>((resolve) => waiting.push(resolve));
  const intake = new Intake((batch) => {
    batches.push(names(batch));
    waiting.shift()?.(names(batch));
    return new Promise<void>((resolve) => gates.push(resolve));
  });
  await intake.add(fetched("a"));
  await intake.add(fetched("b"));
  await intake.add(fetched("c"));
  expect(batches).toEqual(["a"]);
  const second = next();
  gates.shift()?.();
  expect(await second).toBe("bc");
  const finished = intake.finish();
  gates.shift()?.();
  await finished;
  expect(batches).toEqual(["a", "bc"]);
});

it("Intake makes callers wait while it is full", async () => {
  const gates: (() => void)[] = [];
  const intake = new Intake(() => new Promise<void>((resolve) => gates.push(resolve)));
  await intake.add(fetched("a"));
  let isAdded = false;
  const adding = intake.add(fetched("b", 20_000_000)).then(() => {
    isAdded = true;
  });
  await Promise.resolve();
  expect(isAdded).toBe(false);
  gates.shift()?.();
  await adding;
  const finished = intake.finish();
  gates.shift()?.();
  await finished;
});

it("Intake rejects all callers after a failed batch, and writes nothing more", async () => {
  let written = 0;
  const intake = new Intake(async () => {
    written++;
    throw new Error("the database is unavailable");
  });
  await intake.add(fetched("a"));
  await Promise.resolve();
  await expect(intake.add(fetched("b"))).rejects.toThrow("unavailable");
  await expect(intake.finish()).rejects.toThrow("unavailable");
  expect(written).toBe(1);
});
