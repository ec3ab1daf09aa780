import { claimKinds } from "../proof/claim-kinds.ts";
import { ProofChip } from "../proof/proof-chip.tsx";
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
            <ProofChip proof={node.verification.proof} />
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
              text={node.title ?? node.arxivId ?? node.doi ?? "A work without a title"}
              most={200}
              canGrow={false}
            />
          </span>
          <span class="found-meta">
            <span>Cited here {node.citedByCount} times; no paper of it is held</span>
          </span>
        </>
      );
  }
}

function authorsInShort(authors: readonly string[]): string {
  const [first, second] = authors;
  if (first === undefined) return "";
  if (authors.length > 2) return `${first} and ${authors.length - 1} others`;
  return second === undefined ? first : `${first} and ${second}`;
}
