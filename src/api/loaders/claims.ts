import { and, count, getTableColumns, inArray, or, type SQL, sql } from "drizzle-orm";
import {
  bigintArray,
  claims,
  isOtherKind,
  namedClaimKinds,
  prepareRows,
  readRows,
} from "../../store/index.ts";
import { type Batches, groupBy, LoadersByArguments, type RowLoader } from "./batching.ts";
import { isFirstPage, type OrdinalPage, placeInPage, withinPage } from "./ordinal.ts";
import { type Rows, SharedBatchesByLimit } from "./shared-batches.ts";

export type ClaimRow = typeof claims.$inferSelect;

/** The named kinds, spelled as in snapshots, and `other` for all others. */
export const claimKinds = namedClaimKinds;
export type ClaimKindOrOther = (typeof claimKinds)[number] | "other";

type ClaimKinds = { readonly kinds: readonly ClaimKindOrOther[] | null };
type ClaimKey = { readonly paperId: bigint; readonly ordinal: number };

export type ClaimLoaders = {
  readonly claim: RowLoader<ClaimKey, ClaimRow | null>;
  /** By `paper_id`: the paper's claims in the order of its snapshot. */
  readonly claimsOfPaper: LoadersByArguments<ClaimKinds & OrdinalPage, bigint, readonly ClaimRow[]>;
  readonly claimCountOfPaper: LoadersByArguments<ClaimKinds, bigint, number>;
};

const keyText = ({ paperId, ordinal }: ClaimKey): string => `${paperId}/${ordinal}`;

export function prepareClaimLoaders(rows: Rows): (batches: Batches) => ClaimLoaders {
  const { db, pool } = rows;
  const numbered = db
    .select({ ...getTableColumns(claims), place: placeInPage(claims.paperId, claims.ordinal) })
    .from(claims)
    .where(sql`${claims.paperId} = ANY(${sql.placeholder("paperIds")}::bigint[])`)
    .as("numbered");
  const firstPagesQuery = db
    .select()
    .from(numbered)
    .where(sql`${numbered.place} <= ${sql.placeholder("limit")}`)
    .orderBy(numbered.paperId, numbered.place);
  const firstPages = prepareRows(firstPagesQuery, "api_first_claims");
  const firstClaims = new SharedBatchesByLimit<bigint, readonly ClaimRow[]>(
    rows,
    [],
    async (sender, paperIds, limit) =>
      groupBy(await firstPages(sender, { paperIds: bigintArray(paperIds), limit }), ({ paperId }) => paperId),
  );
  const byKeysQuery = db
    .select()
    .from(claims)
    .where(
      sql`${claims.paperId} = ANY(${sql.placeholder("paperIds")}::bigint[])
        AND ${claims.ordinal} = ANY(${sql.placeholder("ordinals")}::int[])`,
    );
  const byKeys = prepareRows(byKeysQuery, "api_claims_by_key");

  const readPages = async (paperIds: readonly bigint[], { kinds, ...page }: ClaimKinds & OrdinalPage) => {
    const numbered = db
      .select({
        ...getTableColumns(claims),
        place: placeInPage(claims.paperId, claims.ordinal, page.reverse),
      })
      .from(claims)
      .where(and(inArray(claims.paperId, [...paperIds]), withinPage(claims.ordinal, page), ofKinds(kinds)))
      .as("numbered");
    const pages = db
      .select()
      .from(numbered)
      .where(sql`${numbered.place} <= ${page.limit}`)
      .orderBy(numbered.paperId, numbered.place);
    return readRows(pool, pages);
  };

  return (batches) => ({
    claim: batches.loader(
      async (keys) => {
        const paperIds = [...new Set(keys.map(({ paperId }) => paperId))];
        const ordinals = [...new Set(keys.map(({ ordinal }) => ordinal))];
        const rows = await byKeys(pool, { paperIds: bigintArray(paperIds), ordinals });
        return new Map(rows.map((row) => [keyText(row), row]));
      },
      null,
      keyText,
    ),
    claimsOfPaper: new LoadersByArguments((given) =>
      given.kinds === null && isFirstPage(given)
        ? batches.shared(firstClaims.of(given.limit))
        : batches.loader(
            async (paperIds) => groupBy(await readPages(paperIds, given), ({ paperId }) => paperId),
            [],
            undefined,
            given.limit,
          ),
    ),
    claimCountOfPaper: new LoadersByArguments(({ kinds }) =>
      batches.loader(async (paperIds) => {
        const rows = await db
          .select({ paperId: claims.paperId, count: count() })
          .from(claims)
          .where(and(inArray(claims.paperId, [...paperIds]), ofKinds(kinds)))
          .groupBy(claims.paperId);
        return new Map(rows.map((row) => [row.paperId, row.count]));
      }, 0),
    ),
  });
}

/** The condition that a claim is of one of these kinds; undefined for null. */
export function ofKinds(kinds: readonly ClaimKindOrOther[] | null): SQL | undefined {
  if (kinds === null) return undefined;
  const named = kinds.filter((kind) => kind !== "other");
  if (!kinds.includes("other")) return inArray(claims.kind, named);
  return named.length === 0 ? isOtherKind : or(inArray(claims.kind, named), isOtherKind);
}
