/** What V8's sampling profiler writes. */
export type CpuProfile = {
  /** Microseconds of the machine's monotonic clock. */
  readonly startTime: number;
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
};

/** Where code lies, and what part of a request it is. The first that fits counts. */
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
  [/dist\/graph\//, "questions to the graph"],
  [
    /dist\/api\/limits\/|dist\/server\/(?:plugins|cache)\/|dist\/server\/graphql\/(?:limits|query-places|response-cache|trusted-documents)\./,
    "limits, plugins, caches",
  ],
  [/dist\/api\/|dist\/protocol\/|node_modules\/@pothos\//, "resolvers"],
  [/dist\/server\//, "our HTTP"],
];
/** Node.js' own code, where none of ours is above it but what waits for the request. */
const ofNode = "Node.js: HTTP, sockets, promises";
const collector = "garbage collection";

/** Microseconds of CPU by part, of the samples between two moments of the monotonic clock. */
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
      // What belongs to nobody by itself, like a write to a socket, is its caller's.
      part ??= parent === undefined ? ofNode : partOf(parent);
      // A socket's write belongs to who wrote; what our HTTP calls of Node.js is Node.js'.
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
