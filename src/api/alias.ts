import { and, eq, inArray } from "drizzle-orm";
import {
  canonicalJson,
  compareCodePoints,
  type JsonObject,
  parseInstant,
  parseJson,
} from "../protocol/index.ts";
import { aliases } from "../store/tables/index.ts";
import { builder } from "./builder.ts";
import { PaperObject } from "./objects.ts";

type AliasRow = {
  readonly paperId: bigint;
  readonly kind: string;
  readonly value: string;
  readonly createdAt: string;
};

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
  t.loadableGroup({
    type: AliasObject,
    description: "The paper's other names, by kind, then value.",
    resolve: ({ paperId }) => paperId,
    load: async (paperIds: bigint[], { database: { db } }) => {
      const rows = await db
        .select({ paperId: aliases.paperId, alias: aliases.alias })
        .from(aliases)
        .where(and(inArray(aliases.paperId, paperIds), eq(aliases.isCurrent, true)));
      return rows.map(readAlias).sort(compareAliases).filter(isFirst);
    },
    group: ({ paperId }) => paperId,
  }),
);

function readAlias({ paperId, alias }: { paperId: bigint; alias: string }): AliasRow {
  const { alias_kind, alias_value, created_at } = parseJson(alias) as JsonObject;
  return {
    paperId,
    kind: String(alias_kind),
    value: String(alias_value),
    createdAt: `${parseInstant(created_at) ?? ""}Z`,
  };
}

/** By paper, kind and value, as a state document sorts them; of equal names the earliest first. */
function compareAliases(a: AliasRow, b: AliasRow): number {
  return (
    (a.paperId < b.paperId ? -1 : a.paperId > b.paperId ? 1 : 0) ||
    compareCodePoints(a.kind, b.kind) ||
    compareCodePoints(a.value, b.value) ||
    compareCodePoints(a.createdAt, b.createdAt)
  );
}

/** The log may hold a name twice: as let in at `hash`, and with proof. */
function isFirst(row: AliasRow, index: number, rows: readonly AliasRow[]): boolean {
  const previous = rows[index - 1];
  return nameOf(row) !== (previous === undefined ? null : nameOf(previous));
}

function nameOf({ paperId, kind, value }: AliasRow): string {
  return canonicalJson([paperId, kind, value]);
}
