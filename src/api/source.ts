import { SourceObject } from "./objects.ts";

SourceObject.implement({
  description: "Where a paper comes from, as its canonical record says: what the Pith number is the hash of.",
  fields: (t) => ({
    kind: t.exposeString("sourceKind", { description: "`arxiv`, …" }),
    id: t.exposeString("sourceId", { description: "The id at the source, without version: `2302.12192`." }),
    version: t.exposeInt("sourceVersion", {
      nullable: true,
      description: "The version at the source, from 1; null where the source has none.",
    }),
  }),
});
