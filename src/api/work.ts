import type { GraphQLResolveInfo } from "graphql";
import { compareCodePoints } from "../protocol/index.ts";
import { type IdentifierKind, readVotes, workIdOf } from "../row-rules/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { type KeyOrder, KeysetConnection, type PageArguments } from "./keyset.ts";
import {
  type CitingPaperRow,
  type IdentifierRow,
  type PaperRow,
  paperRowOf,
  required,
  summaryOf,
  type WorkRow,
  workColumns,
} from "./loaders/index.ts";
import { forwardArguments, PaperConnection, PaperObject, WorkObject } from "./objects.ts";
import { ofConnection, reads, selectedColumns } from "./selected-columns.ts";

const countColumns = workColumns.of("citingPaperCount");
const citingOrder: KeyOrder = { name: "citing_papers", parts: ["instant", "bigint"] };

/** The stored papers that cite a work, latest submitted first. */
export function citingConnection(
  workId: bigint,
  page: PageArguments,
  { loaders }: Context,
  info: GraphQLResolveInfo,
): KeysetConnection<CitingPaperRow, PaperRow> {
  const papers = loaders.paper.referred(selectedColumns(info, "Paper", ofConnection));
  return new KeysetConnection<CitingPaperRow, PaperRow>(
    {
      order: citingOrder,
      keyOf: ({ submittedAt, paperId }) => [submittedAt, String(paperId)],
      nodeOf: ({ paperId }) => papers.get(paperId),
      rows: (range) => loaders.citingPapersOfWork.for(range).get(workId),
      count: async () =>
        (await required(loaders.work.for(countColumns).get(workId), "work")).citingPaperCount,
    },
    page,
  );
}

builder.node(WorkObject, {
  description:
    "A vertex of the citation graph: what papers are versions of and what references cite, even if no paper of it is stored. " +
    "It is identified by its arXiv id, otherwise its DOI, otherwise the registry's work id.",
  id: { description: "The global id, derived from the identifier of the work.", resolve: workKeyOf },
  loadMany: (ids, { loaders }) =>
    Promise.all(
      ids.map(async (id) => {
        const work = await loaders.work.for(workColumns.all).get(workIdOf(id));
        return work?.key === id ? work : null;
      }),
    ),
  fields: (t) => ({
    workIds: t.stringList({
      description: "The registry's ids of the work (UUIDs) that stored references name, sorted.",
      resolve: reads(["workId"], (work, _args, context) => identifiersOf(work, "work_id", context)),
    }),
    arxivId: t.string({
      nullable: true,
      description: "The arXiv id without version. Returns null if unknown.",
      // An arXiv id never names a work with another key.
      resolve: reads(["key"], (work) => keyOfKind(work, "arxiv")),
    }),
    doi: t.string({
      nullable: true,
      description:
        "The DOI in lower case; the first in sort order if there are several. Returns null if unknown.",
      resolve: reads(
        ["workId", "key"],
        (work, _args, context) => keyOfKind(work, "doi") ?? otherDoiOf(work, context),
      ),
    }),
    title: t.exposeString("title", {
      nullable: true,
      description:
        "The title of the stored paper, otherwise of the best proved reference, normalized like `Paper.title`. Returns null if unknown.",
    }),
    year: t.exposeInt("year", {
      nullable: true,
      description:
        "The year in which the stored paper was submitted; without one, the year of the arXiv id or of the reference that gives the " +
        "title. Returns null if unknown.",
    }),
    statedYear: t.int({
      nullable: true,
      description:
        "The year that the reference which gives the title states, if it differs from `year`. Otherwise null.",
      resolve: reads(["year", "statedYear"], ({ year, statedYear }) =>
        statedYear === year ? null : statedYear,
      ),
    }),
    identityConflicts: t.field({
      type: [IdentityConflictObject],
      description: "The identifiers of this work that some papers assign to another work. Usually empty.",
      resolve: reads(["workId"], identityConflictsOf),
    }),
    papers: t.field({
      type: [PaperObject],
      description: "The stored versions of the work, newest first. Empty if the work is only cited.",
      resolve: reads(["workId"], async ({ workId }, _args, { loaders }, info) => [
        ...(await loaders.papersOfWork.for(selectedColumns(info, "Paper")).load(workId)),
      ]),
    }),
    paper: t.field({
      type: PaperObject,
      nullable: true,
      description:
        "The stored paper: of several versions the best proved, then the latest. Returns null if the work is only cited.",
      resolve: reads(["paperId"], (work, _args, { loaders }, info) => {
        const { paperId } = work;
        if (paperId === null) return null;
        const columns = selectedColumns(info, "Paper");
        return paperRowOf(summaryOf(work)?.paper, columns) ?? loaders.paper.referred(columns).get(paperId);
      }),
    }),
    citedBy: t.field({
      type: PaperConnection,
      description:
        "The stored papers that cite this work, latest submission first. Counts each version of a citing work, unlike " +
        "`citedByCount`.",
      args: forwardArguments,
      resolve: reads(["workId"], ({ workId }, page, context, info) =>
        citingConnection(workId, page, context, info),
      ),
    }),
    citedByCount: t.exposeInt("citedByCount", {
      description: "The number of distinct works that cite this work, according to the listed references.",
    }),
    referenceCount: t.int({
      nullable: true,
      description:
        "The number of distinct works that this work cites, according to the listed references. Returns null if no paper of it is " +
        "stored.",
      resolve: reads(["paperId", "referenceCount"], ({ paperId, referenceCount }) =>
        paperId === null ? null : referenceCount,
      ),
    }),
  }),
});

/** The key encoded in a work's global id. */
export function workKeyOf({ key }: Pick<WorkRow, "key">): string {
  return key;
}

/** The part after `arxiv:` or `doi:` if the work's key is of that kind. */
function keyOfKind({ key }: Pick<WorkRow, "key">, kind: IdentifierKind): string | null {
  return key.startsWith(`${kind}:`) ? key.slice(kind.length + 1) : null;
}

async function identifiersOf(
  { workId }: Pick<WorkRow, "workId">,
  kind: IdentifierKind,
  { loaders }: Context,
): Promise<string[]> {
  const rows = await loaders.identifiersOfWork.load(workId);
  return rows
    .filter((row) => row.kind === kind)
    .map(({ value }) => value)
    .sort(compareCodePoints);
}

/** The first DOI of a work whose key is not one. */
function otherDoiOf(work: Pick<WorkRow, "workId">, context: Context): string | null | Promise<string | null> {
  const summary = summaryOf(work);
  if (summary !== null) return summary.otherDoi;
  return identifiersOf(work, "doi", context).then(([first]) => first ?? null);
}

builder.queryField("work", (t) =>
  t.field({
    type: WorkObject,
    nullable: true,
    description: "Looks up a work by any of its identifiers. Returns null if it is unknown here.",
    args: {
      ref: t.arg.string({
        required: true,
        description:
          "Any form that `Query.paper` accepts, or a work id (UUID). A version is ignored: all versions belong to one work.",
      }),
    },
    resolve: (_root, { ref }, { loaders }, info) => loaders.workByRef(ref, selectedColumns(info, "Work")),
  }),
);

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

const IdentityConflictObject = builder.objectRef<IdentityConflict>("IdentityConflict").implement({
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
async function identityConflictsOf(
  { workId }: Pick<WorkRow, "workId">,
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
