import type { graphql } from "../api/index.ts";
import { ProofChip } from "../proof/index.ts";
import { paperAddress } from "../routing/index.ts";
import { authorsInShort, Said, timesText } from "../text/index.ts";
import type { Found } from "./query.ts";

/** The passage in which the words stand. */
function Passage({ parts }: NonNullable<Found["passage"]>) {
  return (
    <bdi class="said">
      {parts.map(({ text, isMatch }, index) => (isMatch ? <mark key={index}>{text}</mark> : text))}
    </bdi>
  );
}

/** Something that was found: what it is, and why it was found. */
export function FoundItem({ found }: { found: Found }) {
  const { node, passage } = found;
  switch (node.__typename) {
    case "Paper":
      return (
        <>
          <span class="found-title">
            {passage?.field === "TITLE" ? (
              <Passage {...passage} />
            ) : (
              <Said text={node.title ?? node.pithNumber} most={200} canGrow={false} />
            )}
          </span>
          {passage !== null && passage.field !== "TITLE" && (
            <span class="found-passage">
              <Passage {...passage} />
            </span>
          )}
          <span class="found-meta">
            <ProofChip proved={node.verification} />
            <span>{node.submittedAt.slice(0, 4)}</span>
            {node.primaryCategory !== null && <Said text={node.primaryCategory} most={40} canGrow={false} />}
            <Said text={authorsInShort(node.authors)} most={80} canGrow={false} />
          </span>
        </>
      );
    case "Claim":
      return (
        <>
          <span class="found-title claim">{passage === null ? node.claimId : <Passage {...passage} />}</span>
          <span class="found-meta">
            <span>{claimKinds[node.kind].name} of</span>
            <Said text={node.paper.title ?? node.paper.pithNumber} most={120} canGrow={false} />
          </span>
        </>
      );
    case "Work":
      return (
        <>
          <span class="found-title">
            <Said
              text={node.title ?? node.arxivId ?? node.doi ?? "Untitled work"}
              most={200}
              canGrow={false}
            />
          </span>
          <span class="found-meta">
            <span>Cited {timesText(node.citedByCount)} · paper not in this mirror</span>
          </span>
        </>
      );
  }
}

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

export type ClaimKind = ReturnType<typeof graphql.scalar<"ClaimKind">>;

/** The roles of claims, in the order in which they are shown. */
export const claimKinds: Readonly<Record<ClaimKind, { readonly name: string; readonly meaning: string }>> = {
  HEADLINE: { name: "Headline", meaning: "The paper in a headline." },
  ONE_LINE_SUMMARY: { name: "One-line summary", meaning: "The paper in one line." },
  STRONGEST_CLAIM: { name: "Strongest claim", meaning: "The most that the paper asserts." },
  WEAKEST_ASSUMPTION: { name: "Weakest assumption", meaning: "What it rests on most precariously." },
  OTHER: { name: "Other claim", meaning: "Claims of other kinds." },
};
