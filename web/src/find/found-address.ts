import { paperAddress } from "../routing/addresses.ts";
import type { Found } from "./search-query.ts";

/** Where something that was found is shown: a claim stands on its paper's page. */
export function foundAddress({ node }: Found): string {
  switch (node.__typename) {
    case "Paper":
      return paperAddress(node.pithNumber);
    case "Claim":
      return `${paperAddress(node.paper.pithNumber)}#${claimAnchor(node.claimId)}`;
    case "Work":
      return paperAddress(node.arxivId ?? node.doi ?? node.workIds[0] ?? node.id);
  }
}

/** The place of a claim on its paper's page. */
export function claimAnchor(claimId: string): string {
  return `claim-${encodeURIComponent(claimId)}`;
}
