import { ReferenceCoverageObject } from "./objects.ts";

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
