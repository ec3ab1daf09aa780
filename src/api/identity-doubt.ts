import { type IdentifierKind, readVotes } from "../row-rules/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import type { IdentifierRow, WorkRow } from "./loaders/index.ts";

type IdentityCandidate = {
  readonly kind: IdentifierKind | null;
  readonly value: string | null;
  readonly papers: number;
};
type IdentityConflict = { readonly identifier: string; readonly candidates: readonly IdentityCandidate[] };

const IdentityCandidateObject = builder.objectRef<IdentityCandidate>("IdentityCandidate").implement({
  description: "A work that an identifier may name, with the number of papers that say so.",
  fields: (t) => ({
    arxivId: t.string({
      nullable: true,
      description:
        "The arXiv id that these papers name beside the identifier. Returns null if they name none.",
      resolve: ({ kind, value }) => (kind === "arxiv" ? value : null),
    }),
    doi: t.string({
      nullable: true,
      description:
        "The DOI that these papers name beside the identifier. Returns null if they name none, or if `arxivId` is set.",
      resolve: ({ kind, value }) => (kind === "doi" ? value : null),
    }),
    paperCount: t.exposeInt("papers", {
      description: "The number of papers, among the best proved ones that name the identifier.",
    }),
  }),
});

export const IdentityConflictObject = builder.objectRef<IdentityConflict>("IdentityConflict").implement({
  description:
    "An identifier about which papers disagree. The majority of the best proved papers that name it decides which work it names.",
  fields: (t) => ({
    identifier: t.exposeString("identifier", { description: "A DOI in lower case, or a work id." }),
    candidates: t.field({
      type: [IdentityCandidateObject],
      description:
        "What papers say, most papers first; the first is used. A candidate without `arxivId` and `doi` counts the papers that " +
        "name the identifier alone.",
      resolve: ({ candidates }) => [...candidates],
    }),
  }),
});

/** The identifiers of a work for which some papers state another target than the one used. */
export async function identityConflictsOf(
  { workId }: WorkRow,
  _args: object,
  { loaders }: Context,
): Promise<IdentityConflict[]> {
  const identifiers = await loaders.identifiersOfWork.load(workId);
  const conflicts = identifiers.map(async ({ value, voices }): Promise<IdentityConflict[]> => {
    const list = voices === null ? [] : readVotes(voices);
    if (!list.slice(1).some(({ target }) => target !== null)) return [];
    const targets = await Promise.all(
      list.map(({ target }) => (target === null ? null : loaders.identifier.load(target.targetId))),
    );
    return [
      {
        identifier: value,
        candidates: list.map(({ papers }, index) => candidateOf(targets[index], papers)),
      },
    ];
  });
  return (await Promise.all(conflicts)).flat().sort((a, b) => (a.identifier < b.identifier ? -1 : 1));
}

function candidateOf(target: IdentifierRow | null | undefined, papers: number): IdentityCandidate {
  return { kind: target?.kind ?? null, value: target?.value ?? null, papers };
}
