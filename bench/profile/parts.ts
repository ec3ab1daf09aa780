/** The format of V8's sampling profiler. */
export type CpuProfile = {
  /** Microseconds of the machine's monotonic clock. */
  readonly startTime: number;
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the previous sample. */
  readonly timeDeltas: readonly number[];
};

/** Patterns of files with their part of a request. The first match counts. */
const places: readonly (readonly [RegExp, string])[] = [
  [
    /node_modules\/(?:graphql-yoga|@envelop|@whatwg-node|@graphql-yoga|lru-cache)\//,
    "graphql-yoga's pipeline",
  ],
  [
    /node_modules\/(?:pg|pg-pool|pg-protocol|pg-types|postgres-array)\/|dist\/store\//,
    "talking to PostgreSQL",
  ],
  [/node_modules\/drizzle-orm\//, "building statements"],
  [/node_modules\/dataloader\/|dist\/api\/loaders\//, "loaders, rows in memory"],
  [/dist\/api\/execution\/|node_modules\/graphql\//, "execution, arguments, writing the answer"],
  [/dist\/graph\//, "graph queries"],
  [
    /dist\/api\/limits\/|dist\/server\/(?:plugins|cache)\/|dist\/server\/graphql\/(?:limits|query-places|trusted-documents)\./,
    "limits, plugins, caches",
  ],
  [/dist\/api\/|dist\/protocol\/|node_modules\/@pothos\//, "resolvers"],
  [/dist\/server\//, "our HTTP"],
];
/** Node.js' code that no code of ours has called, except the code that waits for the request. */
const ofNode = "Node.js: HTTP, sockets, promises";
const collector = "garbage collection";

/** Microseconds of CPU of each part, from the samples between two times of the monotonic clock. */
export function partsOf(profile: CpuProfile, from: number, to: number): Map<string, number> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const partOfNode = new Map<number, string | null>();
  const partOf = (id: number): string | null => {
    const known = partOfNode.get(id);
    if (known !== undefined) return known;
    const { functionName, url } = nodes.get(id)?.callFrame ?? { functionName: "", url: "" };
    let part: string | null;
    if (functionName === "(idle)") part = null;
    else if (functionName === "(garbage collector)") part = collector;
    else {
      part = places.find(([place]) => place.test(url))?.[1] ?? null;
      const parent = parents.get(id);
      // Code that matches no pattern, like a write to a socket, counts for its caller.
      part ??= parent === undefined ? ofNode : partOf(parent);
      // Node.js' code that our HTTP layer calls counts as Node.js'.
      if (part === "our HTTP" && (url === "" || url.startsWith("node:"))) part = ofNode;
    }
    partOfNode.set(id, part);
    return part;
  };
  const parts = new Map<string, number>();
  let now = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index] ?? 0;
    now += delta;
    if (now < from || now > to) continue;
    const part = partOf(id);
    if (part !== null) parts.set(part, (parts.get(part) ?? 0) + delta);
  }
  return parts;
}
