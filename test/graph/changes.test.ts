import { expect, test } from "vitest";
import { applyChanges } from "../../src/graph/apply-changes.ts";
import { Meter } from "../../src/graph/budget.ts";
import { shortestPath } from "../../src/graph/paths.ts";
import { Scratch } from "../../src/graph/scratch.ts";
import { fold, GraphVersion } from "../../src/graph/version.ts";
import { baseOf, below, type EdgeListGraph, randomGraph, randomOf } from "./random-graph.ts";
import { changedGraph, contentOf, payloadsBetween } from "./versions.ts";

test("a changed graph, folded or not, equals a newly loaded one after each of 3,200 random changes", () => {
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
      const reloaded = GraphVersion.of(baseOf(graph));
      expect(contentOf(version), `seed ${seed}, step ${step}`).toEqual(contentOf(reloaded));
      expect([version.edgeCount, version.vertexCount]).toEqual([reloaded.edgeCount, reloaded.vertexCount]);
      expect(version.position).toBe(BigInt(step));
    }
  }
  expect(folds).toBeGreaterThan(500);
});

test("no reference leads to a higher level after any random change", () => {
  let dropped = 0;
  let kept = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomOf(seed);
    let graph = randomGraph(random, 30);
    let version = GraphVersion.of(baseOf(graph));
    for (let step = 1; step <= 6; step++) {
      const after = changedGraph(random, graph);
      version = applyChanges(version, payloadsBetween(graph, after), BigInt(step));
      graph = after;
      const { levels, references } = version;
      if (levels === null) dropped++;
      else kept++;
      for (let vertex = 0; levels !== null && vertex < version.size; vertex++) {
        references.seek(vertex);
        for (const cell of references.cells.subarray(references.start, references.end)) {
          expect(levels.of(vertex), `seed ${seed}, step ${step}`).toBeGreaterThanOrEqual(
            levels.of(cell >>> 1),
          );
        }
      }
    }
  }
  expect({ dropped, kept }).toEqual({ dropped: 0, kept: 1800 });
});

test("levels that are too expensive to update are dropped, and computed again by the next fold", () => {
  const works = Array.from({ length: 30_000 }, (_, index) => BigInt(index));
  const hub = { citing: 1n, cited: 2n, isAnchor: false };
  // All but one cite the hub, which then cites a work above them.
  const edges = works.slice(3).map((citing) => ({ citing, cited: 1n, isAnchor: false }));
  const before: EdgeListGraph = { works, edges: [...edges, { citing: 2n, cited: 3n, isAnchor: false }] };
  const after: EdgeListGraph = { works, edges: [...before.edges, hub] };
  const version = applyChanges(GraphVersion.of(baseOf(before)), payloadsBetween(before, after), 1n);
  expect(version.levels).toBe(null);
  const path = () => shortestPath(version, 1, 5, "CITED_BY", 9, new Meter({}), new Scratch());
  expect(path().vertices).toEqual([1, 5]);
  const folded = GraphVersion.of(fold(version));
  // A circle of three: 1, 2 and 3.
  expect([1, 2, 3, 4].map((vertex) => folded.levels?.of(vertex))).toEqual([0, 0, 0, 1]);
});

test("a version stays unchanged when changes are applied to it", () => {
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

test("three branches of one version do not share later works", () => {
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

test("applying changes twice has the effect of applying them once", () => {
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

test("a payload has at most the given number of bytes", () => {
  const graph = randomGraph(randomOf(7), 60);
  for (const maxBytes of [24, 64, 1000]) {
    const payloads = payloadsBetween({ works: [], edges: [] }, graph, maxBytes);
    expect(payloads.every(({ length }) => length > 0 && length <= maxBytes)).toBe(true);
  }
});
