import type { JsonObject } from "../protocol/index.ts";
import { bundleOfPaper } from "./bundle.ts";
import type { HepThPaper } from "./hep-th-network.ts";
import { hepThPapers } from "./hep-th-papers.ts";

/**
 * The signed bundles of the papers of the network, or of those that `isSelected` names, oldest id first. They are made
 * one at a time: all of them are 250 MB. Every reference is an internal anchor, since the whole network stands for
 * the registry's papers; so a paper's bundle is the same whatever is selected beside it.
 */
export function* hepThBundles(
  network: readonly HepThPaper[],
  isSelected: (arxivId: string) => boolean = () => true,
): Generator<JsonObject> {
  const known = new Set(network.map(({ arxivId }) => arxivId));
  for (const paper of hepThPapers(network, isSelected)) yield bundleOfPaper(paper, (id) => known.has(id));
}
