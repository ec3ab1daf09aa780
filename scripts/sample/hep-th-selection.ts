/** Of each paper, in the order in which it was selected, the papers that it cites. */
export type ReferenceLists = ReadonlyMap<string, readonly string[]>;

/**
 * The `count` papers nearest to `root` in a citation network (`citing<TAB>cited` lines): breadth first along
 * both directions; the neighbours of a paper from the most to the least cited, of equal ones by id.
 */
export function selectPapers(citations: string, root: string, count: number): ReferenceLists {
  const references = new Map<string, string[]>();
  const citers = new Map<string, string[]>();
  for (const line of citations.split("\n")) {
    const [citing, cited] = line.trim().split("\t");
    if (citing === undefined || cited === undefined) continue;
    append(references, citing, cited);
    append(citers, cited, citing);
  }
  const citedBy = (id: string) => citers.get(id)?.length ?? 0;

  // A set keeps the order of insertion, and an iteration over it meets what is added on the way.
  const selected = new Set([root]);
  for (const paper of selected) {
    const neighbours = [...(references.get(paper) ?? []), ...(citers.get(paper) ?? [])];
    neighbours.sort((a, b) => citedBy(b) - citedBy(a) || (a < b ? -1 : 1));
    for (const neighbour of neighbours) {
      if (selected.size === count) break;
      selected.add(neighbour);
    }
  }
  return new Map([...selected].map((paper) => [paper, references.get(paper) ?? []]));
}

function append(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** The reduced source: a line a paper, its id, a tab, and what it cites, with spaces between. */
export function writeReferenceLists(lists: ReferenceLists): string {
  return [...lists].map(([paper, cited]) => `${paper}\t${cited.join(" ")}\n`).join("");
}

export function readReferenceLists(source: string): ReferenceLists {
  const lines = source.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [paper = "", cited = ""] = line.split("\t");
      return [paper, cited.split(" ").filter((id) => id !== "")] as const;
    }),
  );
}
