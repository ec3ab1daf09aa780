import { ReferenceCoverageObject } from "./objects.ts";

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
      resolve: ({ paperId }, _args, { loaders }) =>
        loaders.heldReferenceCountOfPaper.of({ internalAnchor: null, held: true }).load(paperId),
    }),
    complete: t.boolean({
      description: "Whether `asserted` equals `listed`. False if `asserted` is unknown.",
      resolve: ({ referencesAsserted, referencesKnown }) => referencesAsserted === referencesKnown,
    }),
  }),
});
