import { expect, test } from "vitest";
import { applyChanges } from "../../src/graph/apply-changes.ts";
import { fold } from "../../src/graph/fold.ts";
import { GraphVersion } from "../../src/graph/version.ts";
import { baseOf, below, type EdgeListGraph, randomGraph, randomOf } from "./random-graph.ts";
import { changedGraph, contentOf, payloadsBetween } from "./versions.ts";

test("after each change, folded or not, the graph is what would be loaded anew", () => {
  let folds = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const random = randomOf(seed);
    let graph = randomGraph(random);
    let version = GraphVersion.of(baseOf(graph));
    for (let step = 1; step <= 8; step++) {
      const after = changedGraph(random, graph);
      version = applyChanges(version, payloadsBetween(graph, after, 32 + below(random, 200)), BigInt(step));
      if (random() < 0.25) {
        version = GraphVersion.of(fold(version));
        folds++;
      }
      graph = after;
      const anew = GraphVersion.of(baseOf(graph));
      expect(contentOf(version), `seed ${seed}, step ${step}`).toEqual(contentOf(anew));
      expect([version.edgeCount, version.vertexCount]).toEqual([anew.edgeCount, anew.vertexCount]);
      expect(version.position).toBe(BigInt(step));
    }
  }
  expect(folds).toBeGreaterThan(500);
});

test("a version does not change, whatever is made of it", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randomOf(seed);
    let graph = randomGraph(random);
    let version = GraphVersion.of(baseOf(graph));
    const pinned: { version: GraphVersion; graph: EdgeListGraph }[] = [];
    for (let step = 1; step <= 6; step++) {
      pinned.push({ version, graph });
      const after = changedGraph(random, graph);
      version = applyChanges(version, payloadsBetween(graph, after), BigInt(step));
      graph = after;
    }
    for (const { version, graph } of pinned) {
      expect(contentOf(version), `seed ${seed}`).toEqual(contentOf(GraphVersion.of(baseOf(graph))));
    }
  }
});

test("two branches of one base do not see each other's works", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomOf(seed);
    const graph = randomGraph(random);
    const start = GraphVersion.of(baseOf(graph));
    const branches = [0, 1, 2].map(() => {
      const after = changedGraph(random, changedGraph(random, graph));
      return { after, version: applyChanges(start, payloadsBetween(graph, after), 1n) };
    });
    for (const { after, version } of branches) {
      expect(contentOf(version), `seed ${seed}`).toEqual(contentOf(GraphVersion.of(baseOf(after))));
      expect(version.vertexCount).toBe(after.works.length);
    }
  }
});

test("changes applied twice are applied once", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomOf(seed);
    const graph = randomGraph(random);
    const after = changedGraph(random, graph);
    const payloads = payloadsBetween(graph, after);
    const once = applyChanges(GraphVersion.of(baseOf(graph)), payloads, 1n);
    const twice = applyChanges(once, payloads, 2n);
    expect(contentOf(twice), `seed ${seed}`).toEqual(contentOf(once));
    expect(twice.edgeCount).toBe(once.edgeCount);
  }
});

test("a payload holds no more bytes than it may", () => {
  const graph = randomGraph(randomOf(7), 60);
  for (const most of [24, 64, 1000]) {
    const payloads = payloadsBetween({ works: [], edges: [] }, graph, most);
    expect(payloads.every(({ length }) => length > 0 && length <= most)).toBe(true);
  }
});
