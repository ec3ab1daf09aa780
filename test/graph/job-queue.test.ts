import { describe, expect, it } from "vitest";
import { JobQueue } from "../../src/graph/job-queue.ts";

type Job = { readonly name: string; readonly requester: object; interruptions: number };

const job = (name: string, requester: object): Job => ({ name, requester, interruptions: 0 });

describe("the queue of questions to the graph's threads", () => {
  /** @threat T37 */
  it("serves a new request before one that has already used time", () => {
    const queue = new JobQueue<Job>();
    const [greedy, modest] = [{}, {}];
    for (let index = 0; index < 100; index++) queue.add(job(`greedy ${index}`, greedy));
    const first = queue.next() as Job;
    queue.addUsage(first, 40);
    queue.add(job("modest", modest));
    expect(first.name).toBe("greedy 0");
    expect(queue.next()?.name).toBe("modest");
    expect(queue.next()?.name).toBe("greedy 1");
  });

  it("serves requests in turn, by the time that they have used", () => {
    const queue = new JobQueue<Job>();
    const askers = [{}, {}, {}];
    for (const nth of [0, 1])
      for (const [index, requester] of askers.entries()) queue.add(job(`${index}.${nth}`, requester));
    const order: string[] = [];
    for (let next = queue.next(); next !== undefined; next = queue.next()) {
      order.push(next.name);
      queue.addUsage(next, 10);
    }
    expect(order).toEqual(["0.0", "1.0", "2.0", "0.1", "1.1", "2.1"]);
  });

  it("interrupts a question after its slice only for another request, and grants a longer slice each time", () => {
    const queue = new JobQueue<Job>();
    const long = job("long", {});
    expect(queue.millisecondsLeft(long, 500)).toBeNull();
    queue.add(job("another of the same request", long.requester));
    expect(queue.millisecondsLeft(long, 500)).toBeNull();
    queue.add(job("another request", {}));
    expect(queue.millisecondsLeft(long, 30)).toBe(70);
    expect(queue.millisecondsLeft(long, 500)).toBe(0);
    long.interruptions = 1;
    expect(queue.millisecondsLeft(long, 30)).toBe(370);
  });
});
