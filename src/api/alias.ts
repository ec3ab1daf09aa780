import { builder } from "./builder.ts";
import type { AliasRow } from "./loaders/aliases.ts";
import { PaperObject } from "./objects.ts";

const AliasObject = builder.objectRef<AliasRow>("Alias");

AliasObject.implement({
  description:
    "Another name of a paper. Aliases are unsigned: those that follow from the record (arXiv id, arXiv's own DOI, " +
    "short Pith numbers) were checked against it; all others are somebody's word.",
  fields: (t) => ({
    kind: t.exposeString("kind", { description: "`arxiv`, `arxiv_version`, `doi`, `pith_short_8`, …" }),
    value: t.exposeString("value", { description: "The name itself, as the document wrote it." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Since when, as the document says." }),
  }),
});

builder.objectField(PaperObject, "aliases", (t) =>
  t.field({
    type: [AliasObject],
    description: "The paper's other names, by kind, then value.",
    resolve: async ({ paperId }, _args, { loaders }) => [...(await loaders.aliasesOfPaper.load(paperId))],
  }),
);
