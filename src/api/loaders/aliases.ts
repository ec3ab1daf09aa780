import { sql } from "drizzle-orm";
import { compareCodePoints, parseInstant } from "../../protocol/index.ts";
import type { Database } from "../../store/database.ts";
import { records } from "../../store/tables/index.ts";
import { readStoredAliases } from "../../store/text-columns.ts";
import type { Batches, RowLoader } from "./batch.ts";

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
    .select({ paperId: records.paperId, aliases: records.aliases })
    .from(records)
    .where(sql`${records.paperId} = ANY(${sql.placeholder("ids")}::bigint[])`)
    .prepare("api_aliases_of_papers");
  return (batches) => ({
    aliasesOfPaper: batches.loader(async (ids) => {
      const rows = await ofPapers.execute({ ids });
      return new Map(rows.map(({ paperId, aliases }) => [paperId, currentAliases(paperId, aliases)]));
    }, []),
  });
}

function currentAliases(paperId: bigint, text: string): AliasRow[] {
  return readStoredAliases(text)
    .filter(({ isCurrent }) => isCurrent)
    .map(({ kind, value, createdAt }) => ({
      paperId,
      kind,
      value,
      createdAt: `${parseInstant(createdAt) ?? ""}Z`,
    }))
    .sort(compareAliases);
}

/** By kind and value, as a state document sorts them. */
function compareAliases(a: AliasRow, b: AliasRow): number {
  return compareCodePoints(a.kind, b.kind) || compareCodePoints(a.value, b.value);
}
