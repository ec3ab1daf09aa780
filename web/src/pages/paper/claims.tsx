import { claimFragment, graphql, provenanceFragment, type ResultOf, usePages } from "../../api/index.ts";
import { ProvenanceChip } from "../../proof/index.ts";
import { type ClaimKind, claimAnchor, claimKinds } from "../../search/index.ts";
import { DocumentText } from "../../text/index.ts";
import { LoadMore, QueryLink, Section } from "../../ui/index.ts";

const claimsQuery = graphql(
  `
    query Claims($ref: String!, $first: Int!, $after: String) {
      paper(ref: $ref) {
        claims(first: $first, after: $after) {
          totalCount
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            id
            ...ClaimFields
            provenance {
              ...ProvenanceFields
            }
          }
        }
      }
    }
  `,
  [provenanceFragment, claimFragment],
);

type Claim = NonNullable<ResultOf<typeof claimsQuery>["paper"]>["claims"]["nodes"][number];

/** The paper's claims by kind, each with its signer. */
export function Claims({ pithNumber }: { pithNumber: string }) {
  const variables = { ref: pithNumber, first: 40 };
  const pages = usePages(claimsQuery, variables, ({ paper }) => paper?.claims ?? null);
  const { nodes } = pages;
  return (
    <Section
      id="claims"
      title="Claims"
      count={nodes && pages.totalCount}
      aside={<QueryLink document={claimsQuery} variables={variables} label="the claims" />}
    >
      {nodes?.length === 0 && <p class="soft">The current snapshot has no claims.</p>}
      {(Object.keys(claimKinds) as ClaimKind[]).map((kind) => {
        const claims = nodes?.filter((claim) => claim.kind === kind) ?? [];
        return claims.length > 0 && <ClaimGroup key={kind} kind={kind} claims={claims} />;
      })}
      <LoadMore pages={pages} noun="claims" />
    </Section>
  );
}

function ClaimGroup({ kind, claims }: { kind: ClaimKind; claims: readonly Claim[] }) {
  const { name, meaning } = claimKinds[kind];
  return (
    <div class="claim-group">
      <h3 title={meaning}>{name}</h3>
      <ul>
        {claims.map((claim) => (
          <li key={claim.id} id={claimAnchor(claim.claimId)} class="claim">
            <p class="claim-text">
              <DocumentText text={claim.text} maxLength={1200} />
            </p>
            <p class="claim-meta">
              <ProvenanceChip provenance={claim.provenance} />
              <DocumentText text={inWords(claim.status)} maxLength={60} isExpandable={false} />
              <DocumentText
                text={attestationInWords(claim.attestation)}
                maxLength={80}
                isExpandable={false}
              />
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}

function inWords(name: string): string {
  return name.replaceAll("_", " ");
}

function attestationInWords(attestation: string): string {
  return attestation === "unclaimed" ? "not confirmed by an author" : inWords(attestation);
}
