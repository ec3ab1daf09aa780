import { expect, it } from "vitest";
import { BatchWriter, type FetchedPaper } from "../../src/sync/sync.ts";

function fetched(name: string, bytes = 1): FetchedPaper {
  const document = { source: name, bytes: new Uint8Array(bytes) };
  return { document, failure: null, paper: name, complete: () => {} };
}

const names = (batch: readonly FetchedPaper[]) => batch.map(({ document }) => document.source).join("");

it("BatchWriter writes the first document at once, and those that arrive during a write in one batch", async () => {
  const batches: string[] = [];
  const gates: (() => void)[] = [];
  const waiting: ((batch: string) => void)[] = [];
  const next = () => new Promise<string>((resolve) => waiting.push(resolve));
  const writer = new BatchWriter((batch) => {
    batches.push(names(batch));
    waiting.shift()?.(names(batch));
    return new Promise<void>((resolve) => gates.push(resolve));
  });
  await writer.add(fetched("a"));
  await writer.add(fetched("b"));
  await writer.add(fetched("c"));
  expect(batches).toEqual(["a"]);
  const second = next();
  gates.shift()?.();
  expect(await second).toBe("bc");
  const finished = writer.finish();
  gates.shift()?.();
  await finished;
  expect(batches).toEqual(["a", "bc"]);
});

it("BatchWriter makes callers wait while it is full", async () => {
  const gates: (() => void)[] = [];
  const writer = new BatchWriter(() => new Promise<void>((resolve) => gates.push(resolve)));
  await writer.add(fetched("a"));
  let isAdded = false;
  const adding = writer.add(fetched("b", 20_000_000)).then(() => {
    isAdded = true;
  });
  await Promise.resolve();
  expect(isAdded).toBe(false);
  gates.shift()?.();
  await adding;
  const finished = writer.finish();
  gates.shift()?.();
  await finished;
});

it("BatchWriter rejects all callers after a failed batch, and writes nothing more", async () => {
  let written = 0;
  const writer = new BatchWriter(async () => {
    written++;
    throw new Error("the database is unavailable");
  });
  await writer.add(fetched("a"));
  await Promise.resolve();
  await expect(writer.add(fetched("b"))).rejects.toThrow("unavailable");
  await expect(writer.finish()).rejects.toThrow("unavailable");
  expect(written).toBe(1);
});
