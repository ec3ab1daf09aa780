import type { JsonObject } from "../protocol/index.ts";
import { bundleOfPaper } from "./bundle.ts";
import type { HepThPaper } from "./hep-th-network.ts";
import { hepThPapers } from "./hep-th-papers.ts";

/**
 * The signed bundles of the network's papers, or of those that `isSelected` accepts, oldest id first. They are made one
 * at a time: together they are 250 MB. Every reference is an internal anchor, since the network represents the
 * registry's papers; so a paper's bundle does not depend on the selection.
 */
export function* hepThBundles(
  network: readonly HepThPaper[],
  isSelected: (arxivId: string) => boolean = () => true,
): Generator<JsonObject> {
  const known = new Set(network.map(({ arxivId }) => arxivId));
  for (const paper of hepThPapers(network, isSelected)) yield bundleOfPaper(paper, (id) => known.has(id));
}
