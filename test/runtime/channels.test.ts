import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, describe, expect, it } from "vitest";
import { type Work, WorkChannel } from "../../src/runtime/channels.ts";

type About = { readonly name: string };

const channel = new WorkChannel<About, number>("test");
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** The events that a subscriber receives, in order. */
function observed(): string[] {
  const seen: string[] = [];
  const outcome = ({ result, error }: Work<About, number>) => String(result ?? error);
  stops.push(
    channel.subscribe({
      start: ({ name }) => seen.push(`${name} starts`),
      end: (work) => seen.push(`${work.name} ends: ${outcome(work)}`),
    }),
  );
  return seen;
}

describe("a channel of work", () => {
  it("publishes the start and the end of work that returns, resolves, throws and rejects", async () => {
    const seen = observed();
    expect(channel.run({ name: "a" }, () => 1)).toBe(1);
    expect(seen).toEqual(["a starts", "a ends: 1"]);
    const promise = channel.run({ name: "b" }, async () => 2);
    expect(seen.at(-1)).toBe("b starts");
    expect(await promise).toBe(2);
    const fail = () => {
      throw new Error("no");
    };
    expect(() => channel.run({ name: "c" }, fail)).toThrow("no");
    await expect(channel.run({ name: "d" }, async () => fail())).rejects.toThrow("no");
    expect(seen.slice(3)).toEqual([
      "b ends: 2",
      "c starts",
      "c ends: Error: no",
      "d starts",
      "d ends: Error: no",
    ]);
  });

  it("only runs the work if there is no subscriber", () => {
    const about = { name: "a" };
    observed();
    stops.pop()?.();
    expect(channel.hasSubscribers).toBe(false);
    expect(channel.run(about, () => 1)).toBe(1);
    expect(about).toEqual({ name: "a" });
  });

  it("can be subscribed to by name", () => {
    const names: unknown[] = [];
    const onEnd = (work: unknown) => names.push((work as About).name);
    subscribe("tracing:pith-graph.test:asyncEnd", onEnd);
    stops.push(() => unsubscribe("tracing:pith-graph.test:asyncEnd", onEnd));
    channel.run({ name: "a" }, () => 1);
    expect(names).toEqual(["a"]);
  });
});
