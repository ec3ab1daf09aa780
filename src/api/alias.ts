import { builder } from "./builder.ts";
import type { AliasRow } from "./loaders/aliases.ts";
import { PaperObject } from "./objects.ts";

const AliasObject = builder.objectRef<AliasRow>("Alias");

AliasObject.implement({
  description:
    "Another identifier of a paper. Aliases are unsigned: those that follow from the record (arXiv id, arXiv's DOI, short Pith " +
    "numbers) were checked against it, the others were not.",
  fields: (t) => ({
    kind: t.exposeString("kind", {
      description: "The kind of identifier: `arxiv`, `arxiv_version`, `doi`, `pith_short_8` and others.",
    }),
    value: t.exposeString("value", { description: "The identifier as the document writes it." }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "The creation date that the document states.",
    }),
  }),
});

builder.objectField(PaperObject, "aliases", (t) =>
  t.field({
    type: [AliasObject],
    description: "Other identifiers of the paper, sorted by kind, then value.",
    resolve: async ({ paperId }, _args, { loaders }) => [...(await loaders.aliasesOfPaper.load(paperId))],
  }),
);
