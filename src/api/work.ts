import { compareCodePoints } from "../protocol/index.ts";
import { type IdentifierKind, workIdOf } from "../store/ids.ts";
import { builder } from "./builder.ts";
import { type KeyOrder, KeysetConnection, type PageArguments } from "./connections/keyset.ts";
import { forwardArguments, PaperConnection } from "./connections/schema.ts";
import type { Context } from "./context.ts";
import { IdentityDoubtObject, identityDoubtsOf } from "./identity-doubt.ts";
import type { CitingPaperRow } from "./loaders/citing-papers.ts";
import type { PaperRow, WorkRow } from "./loaders/papers.ts";
import { PaperObject, WorkObject } from "./objects.ts";
import { required } from "./required.ts";

const order: KeyOrder = { name: "citing_papers", parts: ["instant", "bigint"] };

/** The papers held whose references name a work, latest submitted first. */
export function citingConnection(
  workId: bigint,
  page: PageArguments,
  { loaders }: Context,
): KeysetConnection<CitingPaperRow, PaperRow> {
  return new KeysetConnection<CitingPaperRow, PaperRow>(
    {
      order,
      keyOf: ({ submittedAt, paperId }) => [submittedAt, String(paperId)],
      nodeOf: ({ paperId }) => loaders.paper.get(paperId),
      rows: (range) => loaders.citingPapersOfWork.of(range).get(workId),
      anyFrom: async (key, side) => {
        // The bounds are exclusive: one of the two is the neighbour of the key in this order.
        const range = { after: null, before: null, reverse: side === "before", limit: 1 };
        const [submittedAt = "", paperId = "0"] = key;
        const neighbour = [submittedAt, String(BigInt(paperId) + (side === "before" ? -1n : 1n))];
        const bound = side === "before" ? { before: neighbour } : { after: neighbour };
        return (await loaders.citingPapersOfWork.of({ ...range, ...bound }).load(workId)).length > 0;
      },
      count: async () => (await required(loaders.work.get(workId), "work")).citingPaperCount,
    },
    page,
  );
}

builder.node(WorkObject, {
  description:
    "A vertex of the citation graph: what papers are versions of, and what references cite, whether a paper of it is " +
    "held or not. Known by its arXiv id, else its DOI, else the registry's work id. The title is the paper's own where " +
    "one is held and has it, else as the best proved reference has it.",
  id: { description: "Made of the identifier by which the work is known.", resolve: workKeyOf },
  loadMany: (ids, { loaders }) =>
    Promise.all(
      ids.map(async (id) => {
        const work = await loaders.work.load(workIdOf(id));
        return work?.key === id ? work : null;
      }),
    ),
  fields: (t) => ({
    workIds: t.stringList({
      description: "The registry's ids of the work (UUIDs) that references here name, sorted.",
      resolve: (work, _args, context) => identifiersOf(work, "work_id", context),
    }),
    arxivId: t.string({
      nullable: true,
      description: "The arXiv id without version; null where none is known.",
      resolve: (work, _args, context) =>
        keyOfKind(work, "arxiv") ?? firstIdentifierOf(work, "arxiv", context),
    }),
    doi: t.string({
      nullable: true,
      description:
        "The DOI in lower case; null where none is known. Of several the one by which the work is known, else the " +
        "smallest.",
      resolve: (work, _args, context) => keyOfKind(work, "doi") ?? firstIdentifierOf(work, "doi", context),
    }),
    title: t.exposeString("title", {
      nullable: true,
      description: "As `Paper.title` is shown: on one line, TeX as text. Null where none is known.",
    }),
    year: t.exposeInt("year", {
      nullable: true,
      description:
        "The year in which the paper held was submitted; where none is held, that of the arXiv id, else as the reference " +
        "that gave the title states it. Null where none is known.",
    }),
    statedYear: t.int({
      nullable: true,
      description:
        "The year that the reference which gave the title states, where it is not `year`. Null where both agree, where " +
        "it states none, and where the title is the paper's own.",
      resolve: ({ year, statedYear }) => (statedYear === year ? null : statedYear),
    }),
    identityDoubts: t.field({
      type: [IdentityDoubtObject],
      description:
        "Identifiers of this work of which some papers say that they name another work. Empty where no paper does.",
      resolve: identityDoubtsOf,
    }),
    papers: t.field({
      type: [PaperObject],
      description: "The papers held of it, newest version first. Empty where the work is only cited.",
      resolve: async ({ workId }, _args, { loaders }) => [...(await loaders.papersOfWork.load(workId))],
    }),
    paper: t.field({
      type: PaperObject,
      nullable: true,
      description:
        "The paper stored of it: of several versions the best proved (`verification.proof`), then the latest, as for `paper(ref:)`. Null where the work is only cited.",
      resolve: ({ paperId }, _args, { loaders }) => (paperId === null ? null : loaders.paper.get(paperId)),
    }),
    citedBy: t.field({
      type: PaperConnection,
      description:
        "The papers held here whose references name this work, latest submitted first. `totalCount` counts papers: " +
        "two versions of one work that both cite it are two, while in `citedByCount` they are one.",
      args: forwardArguments,
      resolve: ({ workId }, page, context) => citingConnection(workId, page, context),
    }),
    citedByCount: t.exposeInt("citedByCount", {
      description:
        "How many distinct works cite it, as far as this mirror holds their references. `citedBy.totalCount` counts " +
        "papers, so it may be greater.",
    }),
    referenceCount: t.int({
      nullable: true,
      description:
        "How many distinct works it cites, as far as its references are listed here; null where no paper of it is held.",
      resolve: ({ paperId, referenceCount }) => (paperId === null ? null : referenceCount),
    }),
  }),
});

/** What the id of a work is made of. */
export function workKeyOf({ key }: WorkRow): string {
  return key;
}

/** The part behind `arxiv:` or `doi:` where the work is known by that. */
function keyOfKind({ key }: WorkRow, kind: IdentifierKind): string | null {
  return key.startsWith(`${kind}:`) ? key.slice(kind.length + 1) : null;
}

async function identifiersOf(work: WorkRow, kind: IdentifierKind, { loaders }: Context): Promise<string[]> {
  const rows = await loaders.identifiersOfWork.load(work.workId);
  return rows
    .filter((row) => row.kind === kind)
    .map(({ value }) => value)
    .sort(compareCodePoints);
}

async function firstIdentifierOf(
  work: WorkRow,
  kind: IdentifierKind,
  context: Context,
): Promise<string | null> {
  return (await identifiersOf(work, kind, context))[0] ?? null;
}

builder.queryField("work", (t) =>
  t.field({
    type: WorkObject,
    nullable: true,
    description: "The work that a ref names, whether a paper of it is held or not; null where none is known.",
    args: {
      ref: t.arg.string({
        required: true,
        description:
          "As for `paper`, and also a work id (UUID). Versions do not count here: they belong to one work. " +
          "AMBIGUOUS_REF and BAD_USER_INPUT as for `paper`.",
      }),
    },
    resolve: (_root, { ref }, { loaders }) => loaders.workByRef.load(ref),
  }),
);
