import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { prepareRows, readRows } from "../../store/prepared-rows.ts";
import { bigintArray } from "../../store/rows.ts";
import { papers, references } from "../../store/tables/index.ts";
import { type Batches, groupBy, LoadersByArguments } from "./batch.ts";
import { GatheredByLimit } from "./gathered.ts";
import { heldReferences } from "./held-references.ts";
import { isFirstPage, type OrdinalPage, placeInPage, withinPage } from "./ordinal-page.ts";
import {
  type HeldFilter,
  isAnchor,
  type ReferenceFilter,
  type ReferenceRow,
  shownColumns,
} from "./reference-rows.ts";
import type { Rows } from "./rows-of-database.ts";

/** A citation by its two works. */
export type EdgeKey = { readonly citingWorkId: bigint; readonly citedWorkId: bigint };

const edgeText = ({ citingWorkId, citedWorkId }: EdgeKey): string => `${citingWorkId}/${citedWorkId}`;

export type ReferenceLoaders = {
  /** By `paper_id`: the paper's references in the order of its snapshot. */
  readonly referencesOfPaper: LoadersByArguments<
    ReferenceFilter & OrdinalPage,
    bigint,
    readonly ReferenceRow[]
  >;
  /** How many of a paper's references fit a filter that asks for what is held. */
  readonly heldReferenceCountOfPaper: LoadersByArguments<HeldFilter, bigint, number>;
  /** The references behind a citation, best proved first, then by paper and place. */
  readonly referencesOfEdge: LoadersByArguments<{ readonly limit: number }, EdgeKey, readonly ReferenceRow[]>;
};

export function prepareReferenceLoaders(rows: Rows): (batches: Batches) => ReferenceLoaders {
  const { db, pool } = rows;
  const numbered = db
    .select({ ...shownColumns, place: placeInPage(references.paperId, references.ordinal) })
    .from(references)
    .where(sql`${references.paperId} = ANY(${sql.placeholder("paperIds")}::bigint[])`)
    .as("numbered");
  const firstPagesQuery = db
    .select()
    .from(numbered)
    .where(sql`${numbered.place} <= ${sql.placeholder("limit")}`)
    .orderBy(numbered.paperId, numbered.place);
  const firstPages = prepareRows(firstPagesQuery, "api_first_references");
  const firstReferences = new GatheredByLimit<bigint, readonly ReferenceRow[]>(
    rows,
    [],
    async (sender, paperIds, limit) =>
      groupBy(await firstPages(sender, { paperIds: bigintArray(paperIds), limit }), ({ paperId }) => paperId),
  );

  const held = heldReferences(rows);

  const readPages = async (paperIds: readonly bigint[], given: ReferenceFilter & OrdinalPage) => {
    const { reverse, limit } = given;
    const numbered = db
      .select({ ...shownColumns, place: placeInPage(references.paperId, references.ordinal, reverse) })
      .from(references)
      .where(
        and(
          inArray(references.paperId, [...paperIds]),
          withinPage(references.ordinal, given),
          isAnchor(given),
        ),
      )
      .as("numbered");
    const pages = db
      .select()
      .from(numbered)
      .where(sql`${numbered.place} <= ${limit}`)
      .orderBy(numbered.paperId, numbered.place);
    return readRows(pool, pages);
  };

  // All of the works on either side, not edge by edge: Citus takes no LATERAL with a LIMIT.
  const behind = db
    .select({
      ...shownColumns,
      citingWorkId: papers.workId,
      proof: papers.proof,
      place: sql<string>`row_number() OVER (PARTITION BY ${papers.workId}, ${references.citedWorkId}
        ORDER BY ${papers.proof} DESC, ${references.paperId}, ${references.ordinal})`.as("place"),
    })
    .from(papers)
    .innerJoin(references, eq(references.paperId, papers.paperId))
    .where(
      sql`${papers.workId} = ANY(${sql.placeholder("citing")}::bigint[])
        AND ${references.citedWorkId} = ANY(${sql.placeholder("cited")}::bigint[])`,
    )
    .as("behind");
  const behindEdgesQuery = db
    .select()
    .from(behind)
    .where(sql`${behind.place} <= ${sql.placeholder("limit")}`)
    .orderBy(behind.citingWorkId, desc(behind.proof), behind.paperId, behind.ordinal);
  const behindEdges = prepareRows(behindEdgesQuery, "api_references_of_edges");

  return (batches) => ({
    referencesOfPaper: new LoadersByArguments((given) =>
      given.internalAnchor === null && given.held === null && isFirstPage(given)
        ? batches.gathered(firstReferences.of(given.limit))
        : batches.loader(
            async (paperIds) => {
              if (given.held !== null) return held.pages(paperIds, { ...given, held: given.held });
              return groupBy(await readPages(paperIds, given), ({ paperId }) => paperId);
            },
            [],
            undefined,
            given.limit,
          ),
    ),
    referencesOfEdge: new LoadersByArguments(({ limit }) =>
      batches.loader(
        async (keys) => {
          const citing = bigintArray(new Set(keys.map(({ citingWorkId }) => citingWorkId)));
          const cited = bigintArray(new Set(keys.map(({ citedWorkId }) => citedWorkId)));
          return groupBy(await behindEdges(pool, { citing, cited, limit }), edgeText);
        },
        [],
        edgeText,
        limit,
      ),
    ),
    heldReferenceCountOfPaper: new LoadersByArguments((given) =>
      batches.loader((paperIds) => held.counts(paperIds, given), 0),
    ),
  });
}
