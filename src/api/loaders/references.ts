import {
  and,
  count,
  desc,
  eq,
  exists,
  getTableColumns,
  inArray,
  isNotNull,
  not,
  type SQL,
  sql,
} from "drizzle-orm";
import { prepareRows } from "../../store/prepared-rows.ts";
import { bigintArray } from "../../store/rows.ts";
import { papers, references, works } from "../../store/tables/index.ts";
import { type Batches, groupBy, LoadersByArguments, type RowLoader } from "./batch.ts";
import { GatheredByLimit } from "./gathered.ts";
import { isFirstPage, type OrdinalPage, placeInPage, withinPage } from "./ordinal-page.ts";
import type { Rows } from "./rows-of-database.ts";

const {
  arxivId: _arxivId,
  doiId: _doiId,
  workUuidId: _workUuidId,
  ...shownColumns
} = getTableColumns(references);

export type ReferenceRow = Omit<typeof references.$inferSelect, "arxivId" | "doiId" | "workUuidId">;

export type ReferenceFilter = {
  readonly internalAnchor: boolean | null;
  /** Whether a paper of the cited work is held. */
  readonly held: boolean | null;
};

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
  readonly referenceCountOfPaper: LoadersByArguments<ReferenceFilter, bigint, number>;
  /** The references behind a citation, best proved first, then by paper and place. */
  readonly referencesOfEdge: LoadersByArguments<{ readonly limit: number }, EdgeKey, readonly ReferenceRow[]>;
  /** Of a paper's references those whose work has a paper here. */
  readonly heldReferenceCount: RowLoader<bigint, number>;
};

export function prepareReferenceLoaders(rows: Rows): (batches: Batches) => ReferenceLoaders {
  const { db } = rows;
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

  const isHeld = exists(
    db
      .select({ one: sql`1` })
      .from(works)
      .where(and(eq(works.workId, references.citedWorkId), isNotNull(works.paperId))),
  );
  const filtered = ({ internalAnchor, held }: ReferenceFilter): SQL | undefined =>
    and(
      internalAnchor === null ? undefined : eq(references.isInternalAnchor, internalAnchor),
      held === null ? undefined : held ? isHeld : not(isHeld),
    );

  const readPages = async (paperIds: readonly bigint[], given: ReferenceFilter & OrdinalPage) => {
    const { reverse, limit } = given;
    const numbered = db
      .select({ ...shownColumns, place: placeInPage(references.paperId, references.ordinal, reverse) })
      .from(references)
      .where(
        and(
          inArray(references.paperId, [...paperIds]),
          withinPage(references.ordinal, given),
          filtered(given),
        ),
      )
      .as("numbered");
    return db
      .select()
      .from(numbered)
      .where(sql`${numbered.place} <= ${limit}`)
      .orderBy(numbered.paperId, numbered.place);
  };

  const behind = db
    .select({ ...shownColumns, proof: papers.proof })
    .from(papers)
    .innerJoin(references, eq(references.paperId, papers.paperId))
    .where(sql`${papers.workId} = edge.citing AND ${references.citedWorkId} = edge.cited`)
    .orderBy(desc(papers.proof), references.paperId, references.ordinal)
    .limit(sql.placeholder("limit"))
    .as("behind");
  const behindEdges = db
    .select({
      citing: sql<string>`edge.citing`,
      reference: {
        paperId: behind.paperId,
        ordinal: behind.ordinal,
        refIndex: behind.refIndex,
        title: behind.title,
        year: behind.year,
        doi: behind.doi,
        citedArxivId: behind.citedArxivId,
        isInternalAnchor: behind.isInternalAnchor,
        citedWorkId: behind.citedWorkId,
      },
    })
    .from(
      sql`unnest(${sql.placeholder("citing")}::bigint[], ${sql.placeholder("cited")}::bigint[]) AS edge(citing, cited)`,
    )
    .crossJoinLateral(behind)
    .orderBy(sql`edge.citing`, desc(behind.proof), behind.paperId, behind.ordinal)
    .prepare("api_references_of_edges");

  const countOf = (batches: Batches, given: ReferenceFilter) =>
    batches.loader<bigint, number>(async (paperIds) => {
      const rows = await db
        .select({ paperId: references.paperId, count: count() })
        .from(references)
        .where(and(inArray(references.paperId, [...paperIds]), filtered(given)))
        .groupBy(references.paperId);
      return new Map(rows.map((row) => [row.paperId, row.count]));
    }, 0);

  return (batches) => ({
    referencesOfPaper: new LoadersByArguments((given) =>
      given.internalAnchor === null && given.held === null && isFirstPage(given)
        ? batches.gathered(firstReferences.of(given.limit))
        : batches.loader(
            async (paperIds) => groupBy(await readPages(paperIds, given), ({ paperId }) => paperId),
            [],
          ),
    ),
    referencesOfEdge: new LoadersByArguments(({ limit }) =>
      batches.loader(
        async (keys) => {
          const citing = keys.map(({ citingWorkId }) => citingWorkId);
          const cited = keys.map(({ citedWorkId }) => citedWorkId);
          const rows = await behindEdges.execute({ citing, cited, limit });
          const groups = groupBy(rows, ({ citing, reference }) => `${citing}/${reference.citedWorkId}`);
          return new Map([...groups].map(([edge, found]) => [edge, found.map(({ reference }) => reference)]));
        },
        [],
        edgeText,
      ),
    ),
    referenceCountOfPaper: new LoadersByArguments((given) => countOf(batches, given)),
    heldReferenceCount: countOf(batches, { internalAnchor: null, held: true }),
  });
}
