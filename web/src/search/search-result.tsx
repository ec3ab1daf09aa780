import type { graphql } from "../api/index.ts";
import { ProofChip } from "../proof/index.ts";
import { paperUrl } from "../routing/index.ts";
import { DocumentText, formatTimes, shortAuthors } from "../text/index.ts";
import type { SearchHit } from "./query.ts";

/** The passage with the matching words. */
function Passage({ parts }: NonNullable<SearchHit["passage"]>) {
  return (
    <bdi class="document-text">
      {parts.map(({ text, isMatch }, index) => (isMatch ? <mark key={index}>{text}</mark> : text))}
    </bdi>
  );
}

/** A search hit: what it is, and why it matches. */
export function SearchResult({ hit }: { hit: SearchHit }) {
  const { node, passage } = hit;
  switch (node.__typename) {
    case "Paper":
      return (
        <>
          <span class="hit-title">
            {passage?.field === "TITLE" ? (
              <Passage {...passage} />
            ) : (
              <DocumentText text={node.title ?? node.pithNumber} maxLength={200} isExpandable={false} />
            )}
          </span>
          {passage !== null && passage.field !== "TITLE" && (
            <span class="hit-passage">
              <Passage {...passage} />
            </span>
          )}
          <span class="hit-meta">
            <ProofChip evidence={node.verification} />
            <span>{node.submittedAt.slice(0, 4)}</span>
            {node.primaryCategory !== null && (
              <DocumentText text={node.primaryCategory} maxLength={40} isExpandable={false} />
            )}
            <DocumentText text={shortAuthors(node.authors)} maxLength={80} isExpandable={false} />
          </span>
        </>
      );
    case "Claim":
      return (
        <>
          <span class="hit-title claim">{passage === null ? node.claimId : <Passage {...passage} />}</span>
          <span class="hit-meta">
            <span>{claimKinds[node.kind].name} of</span>
            <DocumentText
              text={node.paper.title ?? node.paper.pithNumber}
              maxLength={120}
              isExpandable={false}
            />
          </span>
        </>
      );
    case "Work":
      return (
        <>
          <span class="hit-title">
            <DocumentText
              text={node.title ?? node.arxivId ?? node.doi ?? "Untitled work"}
              maxLength={200}
              isExpandable={false}
            />
          </span>
          <span class="hit-meta">
            <span>Cited {formatTimes(node.citedByCount)} · paper not in this mirror</span>
          </span>
        </>
      );
  }
}

/** The URL of a hit. A claim is shown on its paper's page. */
export function hitUrl({ node }: SearchHit): string {
  switch (node.__typename) {
    case "Paper":
      return paperUrl(node.pithNumber);
    case "Claim":
      return `${paperUrl(node.paper.pithNumber)}#${claimAnchor(node.claimId)}`;
    case "Work":
      return paperUrl(node.arxivId ?? node.doi ?? node.workIds[0] ?? node.id);
  }
}

/** The fragment of a claim on its paper's page. */
export function claimAnchor(claimId: string): string {
  return `claim-${encodeURIComponent(claimId)}`;
}

export type ClaimKind = ReturnType<typeof graphql.scalar<"ClaimKind">>;

/** Kinds of claims, in display order. */
export const claimKinds: Readonly<Record<ClaimKind, { readonly name: string; readonly meaning: string }>> = {
  HEADLINE: { name: "Headline", meaning: "The paper as a headline." },
  ONE_LINE_SUMMARY: { name: "One-line summary", meaning: "The paper in one line." },
  STRONGEST_CLAIM: { name: "Strongest claim", meaning: "The strongest statement that the paper makes." },
  WEAKEST_ASSUMPTION: { name: "Weakest assumption", meaning: "The assumption that is least certain." },
  OTHER: { name: "Other claim", meaning: "Claims of other kinds." },
};
