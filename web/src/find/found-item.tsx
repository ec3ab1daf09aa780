import { claimKinds } from "../proof/claim-kinds.ts";
import { ProofChip } from "../proof/proof-chip.tsx";
import { authorsInShort } from "../text/authors.ts";
import { timesText } from "../text/counted.ts";
import { Said } from "../text/said.tsx";
import type { Found } from "./search-query.ts";

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
