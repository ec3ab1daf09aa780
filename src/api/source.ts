import { SourceObject } from "./objects.ts";

SourceObject.implement({
  description: "The source of a paper, as stated in its canonical record.",
  fields: (t) => ({
    kind: t.exposeString("sourceKind", { description: "The kind of source, such as `arxiv`." }),
    identifier: t.exposeString("sourceId", {
      description: "The identifier at the source, without version, such as `2302.12192`.",
    }),
    version: t.exposeInt("sourceVersion", {
      nullable: true,
      description: "The version at the source, starting at 1. Returns null if the source has no versions.",
    }),
  }),
});
