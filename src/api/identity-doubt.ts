import type { IdentifierKind } from "../store/ids.ts";
import { readVoices } from "../store/voices.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import type { IdentifierRow, WorkRow } from "./loaders/papers.ts";

type IdentityVoice = {
  readonly kind: IdentifierKind | null;
  readonly value: string | null;
  readonly papers: number;
};
type IdentityDoubt = { readonly identifier: string; readonly voices: readonly IdentityVoice[] };

const IdentityVoiceObject = builder.objectRef<IdentityVoice>("IdentityVoice").implement({
  description: "How many papers say of an identifier that it names the same work as another one.",
  fields: (t) => ({
    arxivId: t.string({
      nullable: true,
      description: "The arXiv id that they name beside it; null where they name none.",
      resolve: ({ kind, value }) => (kind === "arxiv" ? value : null),
    }),
    doi: t.string({
      nullable: true,
      description:
        "The DOI that they name beside a work id; null where they name none, and beside an arXiv id.",
      resolve: ({ kind, value }) => (kind === "doi" ? value : null),
    }),
    papers: t.exposeInt("papers", { description: "How many papers, of the best proved that name it." }),
  }),
});

export const IdentityDoubtObject = builder.objectRef<IdentityDoubt>("IdentityDoubt").implement({
  description:
    "An identifier on which papers disagree. What most of the best proved papers that name it say decides which work it " +
    "stands for; papers that name it alone are counted as well.",
  fields: (t) => ({
    identifier: t.exposeString("identifier", { description: "A DOI, in lower case, or a work id." }),
    voices: t.field({
      type: [IdentityVoiceObject],
      description:
        "What papers say, most papers first: the first decides. Without `arxivId` and `doi`: papers that name it alone.",
      resolve: ({ voices }) => [...voices],
    }),
  }),
});

/** Doubts about the identifiers that stand for a work: those of which a paper says something else than what decides. */
export async function identityDoubtsOf(
  { workId }: WorkRow,
  _args: object,
  { loaders }: Context,
): Promise<IdentityDoubt[]> {
  const identifiers = await loaders.identifiersOfWork.load(workId);
  const doubts = identifiers.map(async ({ value, voices }): Promise<IdentityDoubt[]> => {
    const list = voices === null ? [] : readVoices(voices);
    if (!list.slice(1).some(({ target }) => target !== null)) return [];
    const targets = await Promise.all(
      list.map(({ target }) => (target === null ? null : loaders.identifier.load(target.targetId))),
    );
    return [{ identifier: value, voices: list.map(({ papers }, index) => voiceOf(targets[index], papers)) }];
  });
  return (await Promise.all(doubts)).flat().sort((a, b) => (a.identifier < b.identifier ? -1 : 1));
}

function voiceOf(target: IdentifierRow | null | undefined, papers: number): IdentityVoice {
  return { kind: target?.kind ?? null, value: target?.value ?? null, papers };
}
