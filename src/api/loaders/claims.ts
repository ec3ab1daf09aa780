import { and, count, inArray, or, type SQL, sql } from "drizzle-orm";
import {
  bigintArray,
  claims,
  isOtherKind,
  namedClaimKinds,
  prepareRows,
  readRows,
} from "../../store/index.ts";
import { type Batches, groupBy, keyBy, LoadersByArguments, type RowLoader } from "./batching.ts";
import { type ColumnSet, columnNames, selection, TableColumns } from "./columns.ts";
import { type OrdinalPage, OrdinalPages, placeInPage, withinPage } from "./ordinal.ts";
import type { LoaderSource } from "./shared-batches.ts";

export type ClaimRow = typeof claims.$inferSelect;

export const claimColumns = new TableColumns<ClaimRow, "paperId" | "ordinal">(
  columnNames(claims),
  ["paperId", "ordinal"],
  [["status", "attestation", "source"]],
);

/** The named kinds, spelled as in snapshots, and `other` for all others. */
export const claimKinds = namedClaimKinds;
export type ClaimKindOrOther = (typeof claimKinds)[number] | "other";

type ClaimFilter = { readonly kinds: readonly ClaimKindOrOther[] | null };
type ClaimPage = ClaimFilter & OrdinalPage & { readonly columns: ColumnSet<ClaimRow> };
type ClaimKey = { readonly paperId: bigint; readonly ordinal: number };

export type ClaimLoaders = {
  readonly claim: RowLoader<ClaimKey, ClaimRow | null>;
  /** By `paper_id`: the paper's claims in the order of its snapshot. */
  readonly claimsOfPaper: LoadersByArguments<ClaimPage, bigint, readonly ClaimRow[]>;
  readonly claimCountOfPaper: LoadersByArguments<ClaimFilter, bigint, number>;
};

const keyText = ({ paperId, ordinal }: ClaimKey): string => `${paperId}/${ordinal}`;

export function prepareClaimLoaders(source: LoaderSource): (batches: Batches) => ClaimLoaders {
  const { db, pool } = source;
  const lists = new OrdinalPages<ClaimRow>(source, {
    table: claims,
    columns: claimColumns,
    name: "api_claims",
  });
  /** Filtered lists have gaps, so their rows are numbered. */
  const filteredPagesOf = (paperIds: readonly bigint[], { kinds, columns, ...page }: ClaimPage) => {
    const numbered = db
      .select({
        ...selection(claims, columns.union(claimColumns.key)),
        place: placeInPage(claims.paperId, claims.ordinal, page.reverse),
      })
      .from(claims)
      .where(
        and(
          sql`${claims.paperId} = ANY(${bigintArray(paperIds)}::bigint[])`,
          withinPage(claims.ordinal, page),
          kindCondition(kinds),
        ),
      )
      .as("numbered");
    return db
      .select()
      .from(numbered)
      .where(sql`${numbered.place} <= ${page.limit}`)
      .orderBy(numbered.paperId, numbered.place);
  };
  const byKeys = prepareRows(
    db
      .select()
      .from(claims)
      .where(
        sql`${claims.paperId} = ANY(${sql.placeholder("paperIds")}::bigint[])
        AND ${claims.ordinal} = ANY(${sql.placeholder("ordinals")}::int[])`,
      ),
    "api_claims_by_key",
  );

  return (batches) => ({
    claim: batches.loader(
      async (keys) => {
        const paperIds = [...new Set(keys.map(({ paperId }) => paperId))];
        const ordinals = [...new Set(keys.map(({ ordinal }) => ordinal))];
        return keyBy(await byKeys(pool, { paperIds: bigintArray(paperIds), ordinals }), keyText);
      },
      null,
      keyText,
    ),
    claimsOfPaper: new LoadersByArguments((page) =>
      page.kinds === null
        ? lists.loader(batches, page)
        : batches.loader(
            async (paperIds) => {
              const rows = (await readRows(pool, filteredPagesOf(paperIds, page))) as unknown as ClaimRow[];
              return groupBy(rows, ({ paperId }) => paperId);
            },
            [],
            undefined,
            page.limit,
          ),
    ),
    claimCountOfPaper: new LoadersByArguments(({ kinds }) =>
      batches.loader(async (paperIds) => {
        const rows = await db
          .select({ paperId: claims.paperId, count: count() })
          .from(claims)
          .where(and(inArray(claims.paperId, [...paperIds]), kindCondition(kinds)))
          .groupBy(claims.paperId);
        return new Map(rows.map((row) => [row.paperId, row.count]));
      }, 0),
    ),
  });
}

/** The condition that a claim is of one of these kinds; undefined for null. */
export function kindCondition(kinds: readonly ClaimKindOrOther[] | null): SQL | undefined {
  if (kinds === null) return undefined;
  const named = kinds.filter((kind) => kind !== "other");
  if (!kinds.includes("other")) return inArray(claims.kind, named);
  return named.length === 0 ? isOtherKind : or(inArray(claims.kind, named), isOtherKind);
}
