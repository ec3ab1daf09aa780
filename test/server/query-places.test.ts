import { buildSchema, type ExecutionArgs, parse } from "graphql";
import { expect, test } from "vitest";
import { defaultConcurrency, useConcurrencyLimit } from "../../src/server/graphql/limits.ts";
import { assignRequester } from "../../src/store/connection-shares.ts";

type Hook = (hooked: {
  args: ExecutionArgs;
  executeFn: () => Promise<string>;
  setExecuteFn: (execute: (args: ExecutionArgs) => Promise<string>) => void;
}) => void;

const schema = buildSchema("type Query { a: Int }");

/** Executes a query of a client through the plugin, with `execute` in place of the executor. */
function executeThrough(hook: Hook, client: string, execute: () => Promise<string>, signal?: AbortSignal) {
  const controller = new AbortController();
  const own = signal ?? controller.signal;
  assignRequester(own, { client });
  const args = { schema, document: parse("{ a }"), contextValue: { deadline: { signal: own } } };
  let run = (_args: ExecutionArgs) => execute();
  hook({ args, executeFn: execute, setExecuteFn: (given) => (run = given) });
  return run(args);
}

test("useConcurrencyLimit executes as many queries at once as it has places, fewest running of a client first", async () => {
  const hook = useConcurrencyLimit(2).onExecute as unknown as Hook;
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const query = (client: string, name: string) =>
    executeThrough(hook, client, () => {
      started.push(name);
      return new Promise((resolve) => ends.push(() => resolve(name)));
    });
  const all = [query("one", "1a"), query("one", "1b"), query("one", "1c"), query("two", "2a")];
  await Promise.resolve();
  expect(started).toEqual(["1a", "1b"]);
  ends[0]?.();
  await all[0];
  await Promise.resolve();
  expect(started).toEqual(["1a", "1b", "2a"]);
  ends[1]?.();
  ends[2]?.();
  await all[1];
  await all[3];
  ends[3]?.();
  expect(await Promise.all(all)).toEqual(["1a", "1b", "1c", "2a"]);
});

test("useConcurrencyLimit frees the place of a query that fails, and drops a waiting query that is aborted", async () => {
  const hook = useConcurrencyLimit(1).onExecute as unknown as Hook;
  await expect(executeThrough(hook, "a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  let end = () => {};
  const running = executeThrough(hook, "a", () => new Promise((resolve) => (end = () => resolve("done"))));
  const controller = new AbortController();
  let hasRun = false;
  const waiting = executeThrough(
    hook,
    "b",
    async () => {
      hasRun = true;
      return "never";
    },
    controller.signal,
  );
  controller.abort(new Error("too late"));
  await expect(waiting).rejects.toThrow("too late");
  end();
  expect(await running).toBe("done");
  expect(await executeThrough(hook, "c", async () => "next")).toBe("next");
  expect(hasRun).toBe(false);
});

test("defaultConcurrency is 4 to 32, by the size of the heap", () => {
  const megabytes = 1024 * 1024;
  expect(defaultConcurrency(16 * megabytes)).toBe(4);
  expect(defaultConcurrency(240 * megabytes)).toBe(20);
  expect(defaultConcurrency(4_000 * megabytes)).toBe(32);
});
