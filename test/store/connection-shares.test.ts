import { describe, expect, it } from "vitest";
import { type ConnectionLimits, ConnectionQueue, type Requester } from "../../src/store/connection-shares.ts";

/** A turnstile whose statements end when the test ends them. */
class Turns {
  readonly turnstile: ConnectionQueue;
  /** The names of the admitted statements, in order. */
  readonly admitted: string[] = [];
  readonly rejected: unknown[] = [];
  readonly #leave = new Map<string, () => void>();

  constructor(shares: ConnectionLimits) {
    this.turnstile = new ConnectionQueue(shares);
  }

  send(
    asker: Requester,
    name: string,
    given: { isExpensive?: boolean; signal?: AbortSignal } = {},
  ): () => void {
    return this.turnstile.enter(asker, {
      isExpensive: given.isExpensive ?? false,
      signal: given.signal,
      admit: (leave) => {
        this.admitted.push(name);
        this.#leave.set(name, leave);
      },
      reject: (error) => this.rejected.push(error),
    });
  }

  end(...names: string[]): void {
    for (const name of names) {
      const leave = this.#leave.get(name);
      if (leave === undefined) throw new Error(`${name} does not run.`);
      this.#leave.delete(name);
      leave();
    }
  }
}

const asker = (client: string): Requester => ({ client });
const many = Array.from({ length: 100 }, (_, index) => index);

describe("the turnstile of a pool", () => {
  /** @threat T35 */
  it("admits no more statements of one request than its share", () => {
    const turns = new Turns({ total: 10, perRequest: 4, expensive: 2, expensivePerRequest: 2 });
    const one = asker("a");
    for (const index of many) turns.send(one, `s${index}`);
    expect(turns.admitted).toEqual(["s0", "s1", "s2", "s3"]);
    turns.end("s1");
    expect(turns.admitted).toHaveLength(5);
    expect(turns.turnstile.waiting).toBe(95);
  });

  it("admits a request with one statement before the rest of one with many", () => {
    const turns = new Turns({ total: 4, perRequest: 4, expensive: 4, expensivePerRequest: 4 });
    const greedy = asker("a");
    for (const index of many) turns.send(greedy, `greedy ${index}`);
    turns.send(asker("a"), "modest");
    turns.end("greedy 0");
    expect(turns.admitted.at(-1)).toBe("modest");
  });

  it("admits requests of one client in turn", () => {
    const turns = new Turns({ total: 1, perRequest: 1, expensive: 1, expensivePerRequest: 1 });
    const [one, two, three] = [asker("a"), asker("a"), asker("a")];
    for (const index of [0, 1]) {
      for (const [name, each] of [
        ["one", one],
        ["two", two],
        ["three", three],
      ] as const) {
        turns.send(each, `${name} ${index}`);
      }
    }
    for (let at = 0; at < 6; at++) turns.end(turns.admitted[at] as string);
    expect(turns.admitted).toEqual(["one 0", "two 0", "three 0", "one 1", "two 1", "three 1"]);
  });

  it("leaves a place for the expensive statement of another request", () => {
    const turns = new Turns({ total: 10, perRequest: 4, expensive: 2, expensivePerRequest: 1 });
    const greedy = asker("a");
    for (const index of many) turns.send(greedy, `search ${index}`, { isExpensive: true });
    expect(turns.admitted).toEqual(["search 0"]);
    turns.send(asker("a"), "other", { isExpensive: true });
    expect(turns.admitted).toEqual(["search 0", "other"]);
    turns.end("search 0");
    expect(turns.admitted.at(-1)).toBe("search 1");
  });

  it("admits the client with the fewest connections first, however many requests another one has", () => {
    const turns = new Turns({ total: 4, perRequest: 2, expensive: 4, expensivePerRequest: 4 });
    for (const index of many) turns.send(asker("busy"), `busy ${index}`);
    turns.send(asker("quiet"), "quiet 0");
    turns.send(asker("quiet"), "quiet 1");
    turns.end("busy 0", "busy 1");
    expect(turns.admitted.slice(4)).toEqual(["quiet 0", "quiet 1"]);
  });

  it("admits other statements while expensive ones wait", () => {
    const turns = new Turns({ total: 10, perRequest: 4, expensive: 2, expensivePerRequest: 2 });
    for (const index of many) turns.send(asker("a"), `search ${index}`, { isExpensive: true });
    expect(turns.admitted).toEqual(["search 0", "search 1"]);
    turns.send(asker("a"), "row");
    expect(turns.admitted).toEqual(["search 0", "search 1", "row"]);
    turns.end("search 1");
    expect(turns.admitted).toHaveLength(4);
  });

  it("rejects a statement whose signal aborts while it waits, and never admits one whose caller stopped waiting", () => {
    const turns = new Turns({ total: 1, perRequest: 1, expensive: 1, expensivePerRequest: 1 });
    const gone = new AbortController();
    turns.send(asker("a"), "first");
    turns.send(asker("a"), "gone", { signal: gone.signal });
    const stop = turns.send(asker("a"), "stopped");
    turns.send(asker("a"), "last");
    gone.abort(new Error("gone"));
    stop();
    turns.end("first");
    expect(turns.admitted).toEqual(["first", "last"]);
    expect(turns.rejected).toEqual([new Error("gone")]);
    turns.end("last");
    expect(turns.turnstile.waiting).toBe(0);
  });
});
