import { isJsonObject } from "../protocol/index.ts";
import type { Context } from "./context.ts";
import { paperColumns, type ReferenceRow, required, type WorkRow, workColumns } from "./loaders/index.ts";
import {
  PaperObject,
  ProvenanceObject,
  ReferenceCoverageObject,
  ReferenceObject,
  WorkObject,
} from "./objects.ts";
import { provenanceOf } from "./provenance.ts";
import { reads, selectedColumns } from "./selected-columns.ts";

const paperOfWork = workColumns.of("paperId");
const snapshotOfPaper = paperColumns.of("snapshotEventId");

ReferenceCoverageObject.implement({
  description:
    "How complete a paper's reference list is. Signers assert a number of references, list some of them, and this mirror stores " +
    "the papers of some of those.",
  fields: (t) => ({
    asserted: t.exposeInt("referencesAsserted", {
      nullable: true,
      description: "The number of references that the signer asserts. Returns null if unknown.",
    }),
    listed: t.exposeInt("referencesKnown", {
      description: "The number of references in the current snapshot. Same as `Paper.references.totalCount`.",
    }),
    resolvedWorks: t.exposeInt("resolvedWorksAsserted", {
      nullable: true,
      description:
        "The number of references, listed or not, that the signer asserts to have resolved to works. Returns null if unknown.",
    }),
    internalAnchors: t.exposeInt("internalAnchorsAsserted", {
      nullable: true,
      description:
        "The number of references, listed or not, that the signer asserts to be internal anchors. Returns null if unknown.",
    }),
    stored: t.int({
      description: "The number of listed references whose cited work has a stored paper.",
      resolve: reads(["paperId"], ({ paperId }, _args, { loaders }) =>
        loaders.referenceCountOfPaper.for({ internalAnchor: null, stored: true }).load(paperId),
      ),
    }),
    complete: t.boolean({
      description: "Whether `asserted` equals `listed`. False if `asserted` is unknown.",
      resolve: reads(
        ["referencesAsserted", "referencesKnown"],
        ({ referencesAsserted, referencesKnown }) => referencesAsserted === referencesKnown,
      ),
    }),
  }),
});

ReferenceObject.implement({
  description: "A reference of a paper, as listed in the paper's current snapshot.",
  fields: (t) => ({
    refIndex: t.exposeInt("refIndex", {
      description: "The number in the paper's reference list, starting at 1.",
    }),
    title: t.exposeString("title", {
      nullable: true,
      description: "The cited title, normalized like `Paper.title`. Returns null if unknown.",
    }),
    signedTitle: t.string({
      nullable: true,
      description: "The cited title exactly as signed. Returns null if unknown.",
      resolve: reads(["paperId", "ordinal"], signedTitleOf),
    }),
    year: t.exposeInt("year", {
      nullable: true,
      description:
        "The year that the reference states, which may differ from `work.year`. Returns null unless it is from 1000 to 2100.",
    }),
    doi: t.exposeString("doi", {
      nullable: true,
      description: "The cited DOI as written. Returns null if there is none.",
    }),
    citedArxivId: t.exposeString("citedArxivId", {
      nullable: true,
      description: "The cited arXiv id as written. Returns null if there is none.",
    }),
    isInternalAnchor: t.exposeBoolean("isInternalAnchor", {
      description:
        "Whether this is an internal anchor: an outgoing reference that, as the signer asserts, resolves to a paper in the registry. " +
        "The cited paper, the anchor, need not be stored here.",
    }),
    work: t.field({
      type: WorkObject,
      description: "The cited work. Every reference has one, even if no paper of it is stored.",
      resolve: reads(["citedWorkId"], ({ citedWorkId }, _args, { loaders }, info) =>
        required(loaders.work.referred(selectedColumns(info, "Work")).get(citedWorkId), "work"),
      ),
    }),
    citedPaper: t.field({
      type: PaperObject,
      nullable: true,
      description: "The stored paper of the cited work. Same as `work.paper`; null if none is stored.",
      resolve: reads(["citedWorkId"], ({ citedWorkId }, _args, { loaders }, info) => {
        const papers = loaders.paper.referred(selectedColumns(info, "Paper"));
        const paperOf = ({ paperId }: Pick<WorkRow, "paperId">) =>
          paperId === null ? null : papers.get(paperId);
        const work = required(loaders.work.for(paperOfWork).get(citedWorkId), "work");
        return work instanceof Promise ? work.then(paperOf) : paperOf(work);
      }),
    }),
    citingPaper: t.field({
      type: PaperObject,
      description: "The paper that lists this reference.",
      resolve: reads(["paperId"], ({ paperId }, _args, { loaders }, info) =>
        required(loaders.paper.referred(selectedColumns(info, "Paper")).get(paperId), "paper"),
      ),
    }),
    provenance: t.field({
      type: ProvenanceObject,
      description: "Who asserts that the paper cites this work.",
      resolve: reads(["paperId"], ({ paperId }, _args, context) => provenanceOf(paperId, context)),
    }),
  }),
});

async function signedTitleOf(
  { paperId, ordinal }: Pick<ReferenceRow, "paperId" | "ordinal">,
  _args: object,
  { loaders }: Context,
): Promise<string | null> {
  const { snapshotEventId } = await required(loaders.paper.for(snapshotOfPaper).get(paperId), "paper");
  if (snapshotEventId === null) return null;
  const event = await loaders.eventBody.load({ paperId, eventId: snapshotEventId });
  const snapshot = event?.payload["graph_snapshot"];
  const part = isJsonObject(snapshot) ? snapshot["references"] : undefined;
  const sample = isJsonObject(part) ? part["sample"] : undefined;
  const item = Array.isArray(sample) ? sample[ordinal] : undefined;
  const title = isJsonObject(item) ? item["title"] : undefined;
  return typeof title === "string" ? title : null;
}
