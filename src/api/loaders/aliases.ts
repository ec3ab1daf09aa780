import { sql } from "drizzle-orm";
import { compareCodePoints, type JsonObject, parseInstant, parseJson } from "../../protocol/index.ts";
import type { Database } from "../../store/database.ts";
import { aliases } from "../../store/tables/index.ts";
import { type Batches, groupBy, type RowLoader } from "./batch.ts";

export type AliasRow = {
  readonly paperId: bigint;
  readonly kind: string;
  readonly value: string;
  readonly createdAt: string;
};

export type AliasLoaders = {
  /** By `paper_id`: the aliases that the paper's state lists, as it sorts them. */
  readonly aliasesOfPaper: RowLoader<bigint, readonly AliasRow[]>;
};

export function prepareAliasLoaders({ db }: Pick<Database, "db">): (batches: Batches) => AliasLoaders {
  const ofPapers = db
    .select({ paperId: aliases.paperId, alias: aliases.alias })
    .from(aliases)
    .where(sql`${aliases.paperId} = ANY(${sql.placeholder("ids")}::bigint[]) AND ${aliases.isCurrent}`)
    .prepare("api_aliases_of_papers");
  return (batches) => ({
    aliasesOfPaper: batches.loader(async (ids) => {
      const groups = groupBy((await ofPapers.execute({ ids })).map(readAlias), ({ paperId }) => paperId);
      return new Map([...groups].map(([id, rows]) => [id, rows.sort(compareAliases).filter(isFirst)]));
    }, []),
  });
}

function readAlias({ paperId, alias }: { paperId: bigint; alias: string }): AliasRow {
  const { alias_kind, alias_value, created_at } = parseJson(alias) as JsonObject;
  return {
    paperId,
    kind: String(alias_kind),
    value: String(alias_value),
    createdAt: `${parseInstant(created_at) ?? ""}Z`,
  };
}

/** By kind and value, as a state document sorts them; of equal names the earliest first. */
function compareAliases(a: AliasRow, b: AliasRow): number {
  return (
    compareCodePoints(a.kind, b.kind) ||
    compareCodePoints(a.value, b.value) ||
    compareCodePoints(a.createdAt, b.createdAt)
  );
}

/** The log may hold a name twice: as let in at `hash`, and with proof. */
function isFirst({ kind, value }: AliasRow, index: number, rows: readonly AliasRow[]): boolean {
  const previous = rows[index - 1];
  return previous?.kind !== kind || previous.value !== value;
}
