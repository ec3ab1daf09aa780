import { type BaseGraph, buildBaseGraph, sharedArray } from "./base-graph.ts";
import type { GraphVersion } from "./version.ts";

/** A base that is equal to a version, its changes sorted in and the works that are gone left out. O(vertices + edges). */
export function fold(version: GraphVersion): BaseGraph {
  const { base } = version.parts;
  const late: number[] = [];
  for (let vertex = base.vertices.size; vertex < version.size; vertex++) {
    if (version.isPresent(vertex)) late.push(vertex);
  }
  late.sort((a, b) => version.compare(a, b));

  const indexes = new Uint32Array(version.size);
  const high = sharedArray(version.vertexCount);
  const low = sharedArray(version.vertexCount);
  let next = 0;
  const take = (vertex: number) => {
    high[next] = version.highOf(vertex);
    low[next] = version.lowOf(vertex);
    indexes[vertex] = next++;
  };
  let place = 0;
  for (let vertex = 0; vertex < base.vertices.size; vertex++) {
    for (; place < late.length && version.compare(late[place] as number, vertex) < 0; place++) {
      take(late[place] as number);
    }
    if (version.isPresent(vertex)) take(vertex);
  }
  for (; place < late.length; place++) take(late[place] as number);

  const citing = new Uint32Array(version.edgeCount);
  const cited = new Uint32Array(version.edgeCount);
  let count = 0;
  for (let vertex = 0; vertex < version.size; vertex++) {
    version.references.seek(vertex);
    const { cells, start, end } = version.references;
    for (let at = start; at < end; at++) {
      const cell = cells[at] as number;
      citing[count] = indexes[vertex] as number;
      cited[count++] = (((indexes[cell >>> 1] as number) << 1) | (cell & 1)) >>> 0;
    }
  }
  return buildBaseGraph(high, low, { citing, cited, count }, version.position);
}
