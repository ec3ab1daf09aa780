import { PaperObject, ProvenanceObject, ReferenceObject, WorkObject } from "./objects.ts";
import { provenanceOf } from "./provenance.ts";
import { required } from "./required.ts";

ReferenceObject.implement({
  description: "An entry of a paper's list of references, as its current snapshot has it.",
  fields: (t) => ({
    refIndex: t.exposeInt("refIndex", { description: "Its number in the paper's list, from 1." }),
    title: t.exposeString("title", {
      nullable: true,
      description: "The cited title, as the registry read it.",
    }),
    year: t.exposeInt("year", { nullable: true, description: "The cited year, as the registry read it." }),
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
