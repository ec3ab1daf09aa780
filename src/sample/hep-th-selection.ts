/** A paper of a citation network, with its cited papers. */
export type CitingPaper = { readonly arxivId: string; readonly references: readonly string[] };

/**
 * The `count` papers nearest to `root`: breadth first along citations in both directions; the neighbours of a paper
 * from the most to the least cited, equally cited ones by id.
 */
export function selectPapers(network: readonly CitingPaper[], root: string, count: number): Set<string> {
  const references = new Map(network.map((paper) => [paper.arxivId, paper.references]));
  const citers = new Map<string, string[]>();
  for (const { arxivId, references: cited } of network) {
    for (const id of cited) append(citers, id, arxivId);
  }
  const citedBy = (id: string) => citers.get(id)?.length ?? 0;

  // A set keeps the order of insertion, and iteration also visits elements added during it.
  const selected = new Set([root]);
  for (const paper of selected) {
    const neighbours = [...(references.get(paper) ?? []), ...(citers.get(paper) ?? [])];
    neighbours.sort((a, b) => citedBy(b) - citedBy(a) || (a < b ? -1 : 1));
    for (const neighbour of neighbours) {
      if (selected.size === count) break;
      selected.add(neighbour);
    }
  }
  return selected;
}

function append(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
