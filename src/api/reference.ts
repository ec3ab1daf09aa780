import { isJsonObject } from "../protocol/index.ts";
import type { Context } from "./context.ts";
import type { ReferenceRow } from "./loaders/references.ts";
import {
  PaperObject,
  ProvenanceObject,
  ReferenceCoverageObject,
  ReferenceObject,
  WorkObject,
} from "./objects.ts";
import { provenanceOf } from "./provenance.ts";
import { required } from "./required.ts";

ReferenceCoverageObject.implement({
  description:
    "How much of a paper's list of references is known here. The registry publishes samples of long lists: what it " +
    "counts and what is listed are kept apart.",
  fields: (t) => ({
    asserted: t.exposeInt("referencesAsserted", {
      nullable: true,
      description: "How many references the registry counts; null where no snapshot says.",
    }),
    known: t.exposeInt("referencesKnown", {
      description: "How many are listed here: the rows of `references`.",
    }),
    resolvedWorks: t.exposeInt("resolvedWorksAsserted", {
      nullable: true,
      description:
        "How many the registry says it resolved to works, of the whole list; null where it does not say.",
    }),
    internalAnchors: t.exposeInt("internalAnchorsAsserted", {
      nullable: true,
      description:
        "How many the registry says it resolved to papers of its own, of the whole list; null where it does not say.",
    }),
    held: t.int({
      description: "Of the references listed here, how many cite a work of which this mirror holds a paper.",
      resolve: ({ paperId }, _args, { loaders }) =>
        loaders.heldReferenceCountOfPaper.of({ internalAnchor: null, held: true }).load(paperId),
    }),
    complete: t.boolean({
      description: "Whether the whole list is here: `asserted` is known and equals `known`.",
      resolve: ({ referencesAsserted, referencesKnown }) => referencesAsserted === referencesKnown,
    }),
  }),
});

ReferenceObject.implement({
  description: "An entry of a paper's list of references, as its current snapshot has it.",
  fields: (t) => ({
    refIndex: t.exposeInt("refIndex", { description: "Its number in the paper's list, from 1." }),
    title: t.exposeString("title", {
      nullable: true,
      description: "The cited title, as the registry read it, as text like `Paper.title`.",
    }),
    signedTitle: t.string({
      nullable: true,
      description: "The cited title exactly as the snapshot has it, in the event that was signed.",
      resolve: signedTitleOf,
    }),
    year: t.exposeInt("year", {
      nullable: true,
      description:
        "The year that the reference states, right or wrong; null where it states none from 1000 to 2100. The year of " +
        "the work: `work.year`.",
    }),
    doi: t.exposeString("doi", {
      nullable: true,
      description: "The cited DOI, as written; null where none is.",
    }),
    citedArxivId: t.exposeString("citedArxivId", {
      nullable: true,
      description: "The cited arXiv id, as written; null where none is.",
    }),
    isInternalAnchor: t.exposeBoolean("isInternalAnchor", {
      description:
        "Whether the registry says that it resolved this to a paper of its own. Whether *this* mirror holds that " +
        "paper is another question: see `citedPaper`.",
    }),
    work: t.field({
      type: WorkObject,
      description: "The work cited. Always there, whether a paper of it is held or not: nothing dangles.",
      resolve: ({ citedWorkId }, _args, { loaders }) => required(loaders.work.get(citedWorkId), "work"),
    }),
    citedPaper: t.field({
      type: PaperObject,
      nullable: true,
      description: "The paper held of the work cited (`work.paper`); null where this mirror holds none.",
      resolve: async ({ citedWorkId }, _args, { loaders }) => {
        const { paperId } = await required(loaders.work.get(citedWorkId), "work");
        return paperId === null ? null : loaders.paper.load(paperId);
      },
    }),
    citingPaper: t.field({
      type: PaperObject,
      description: "The paper whose list this stands in.",
      resolve: ({ paperId }, _args, { loaders }) => required(loaders.paper.get(paperId), "paper"),
    }),
    provenance: t.field({
      type: ProvenanceObject,
      description: "Who says that the paper cites this: the signer of its current snapshot.",
      resolve: ({ paperId }, _args, context) => provenanceOf(paperId, context),
    }),
  }),
});

async function signedTitleOf(
  { paperId, ordinal }: ReferenceRow,
  _args: object,
  { loaders }: Context,
): Promise<string | null> {
  const { snapshotEventId } = await required(loaders.paper.get(paperId), "paper");
  if (snapshotEventId === null) return null;
  const event = await loaders.eventBody.load({ paperId, eventId: snapshotEventId });
  const snapshot = event?.payload["graph_snapshot"];
  const part = isJsonObject(snapshot) ? snapshot["references"] : undefined;
  const sample = isJsonObject(part) ? part["sample"] : undefined;
  const item = Array.isArray(sample) ? sample[ordinal] : undefined;
  const title = isJsonObject(item) ? item["title"] : undefined;
  return typeof title === "string" ? title : null;
}
