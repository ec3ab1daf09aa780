import { sql } from "drizzle-orm";
import { compareVersions } from "../../row-rules/index.ts";
import { bigintArray, paperKeys, papers, prepareRows, workIdentifiers, works } from "../../store/index.ts";
import { type Batches, groupBy, type RowLoader } from "./batching.ts";
import { type Rows, SharedBatches } from "./shared-batches.ts";

export type PaperRow = typeof papers.$inferSelect;

export type PaperLoaders = {
  /** A paper's row by its `paper_id`. */
  readonly paper: RowLoader<bigint, PaperRow | null>;
  /** The papers that share a look-up key (see the table `paper_keys`), in no particular order. */
  readonly papersByKey: RowLoader<string, readonly bigint[]>;
  /** The stored papers of a work, by its `work_id`, newest version first. */
  readonly papersOfWork: RowLoader<bigint, readonly PaperRow[]>;
};

export function preparePaperLoaders(rows: Rows): (batches: Batches) => PaperLoaders {
  const { db } = rows;
  const byIdsQuery = db
    .select()
    .from(papers)
    .where(sql`${papers.paperId} = ANY(${sql.placeholder("ids")}::bigint[])`);
  const byKeysQuery = db
    .select()
    .from(paperKeys)
    .where(sql`${paperKeys.key} = ANY(${sql.placeholder("keys")}::text[])`);
  const ofWorksQuery = db
    .select()
    .from(papers)
    .where(sql`${papers.workId} = ANY(${sql.placeholder("ids")}::bigint[])`);
  const byIds = prepareRows(byIdsQuery, "api_papers_by_id");
  const byKeys = prepareRows(byKeysQuery, "api_paper_keys");
  const ofWorks = prepareRows(ofWorksQuery, "api_papers_of_works");
  const papersById = new SharedBatches<bigint, PaperRow | null>(rows, null, async (sender, ids) => {
    const found = await byIds(sender, { ids: bigintArray(ids) });
    return new Map(found.map((row) => [row.paperId, row]));
  });
  const idsByKey = new SharedBatches<string, readonly bigint[]>(rows, [], async (sender, keys) => {
    const groups = groupBy(await byKeys(sender, { keys }), ({ key }) => key);
    return new Map([...groups].map(([key, found]) => [key, found.map(({ paperId }) => paperId)]));
  });
  const papersByWork = new SharedBatches<bigint, readonly PaperRow[]>(rows, [], async (sender, ids) => {
    const found = await ofWorks(sender, { ids: bigintArray(ids) });
    return groupBy(found.sort(compareVersions), ({ workId }) => workId);
  });
  return (batches) => ({
    paper: batches.shared(papersById),
    papersByKey: batches.shared(idsByKey),
    papersOfWork: batches.shared(papersByWork),
  });
}

export type WorkRow = typeof works.$inferSelect;
export type IdentifierRow = typeof workIdentifiers.$inferSelect;

export type WorkLoaders = {
  /** A work's row by its `work_id`. */
  readonly work: RowLoader<bigint, WorkRow | null>;
  /** The identifiers that resolve to a work. */
  readonly identifiersOfWork: RowLoader<bigint, readonly IdentifierRow[]>;
  /** An identifier by the hash of its kind and value. */
  readonly identifier: RowLoader<bigint, IdentifierRow | null>;
};

export function prepareWorkLoaders(rows: Rows): (batches: Batches) => WorkLoaders {
  const { db } = rows;
  const byIdsQuery = db
    .select()
    .from(works)
    .where(sql`${works.workId} = ANY(${sql.placeholder("ids")}::bigint[])`);
  const ofWorksQuery = db
    .select()
    .from(workIdentifiers)
    .where(sql`${workIdentifiers.workId} = ANY(${sql.placeholder("ids")}::bigint[])`);
  const identifiersQuery = db
    .select()
    .from(workIdentifiers)
    .where(sql`${workIdentifiers.identifierId} = ANY(${sql.placeholder("ids")}::bigint[])`);
  const byIds = prepareRows(byIdsQuery, "api_works_by_id");
  const ofWorks = prepareRows(ofWorksQuery, "api_identifiers_of_works");
  const identifiers = prepareRows(identifiersQuery, "api_identifiers_by_id");
  const worksById = new SharedBatches<bigint, WorkRow | null>(rows, null, async (sender, ids) => {
    const found = await byIds(sender, { ids: bigintArray(ids) });
    return new Map(found.map((row) => [row.workId, row]));
  });
  const identifiersByWork = new SharedBatches<bigint, readonly IdentifierRow[]>(
    rows,
    [],
    async (sender, ids) => groupBy(await ofWorks(sender, { ids: bigintArray(ids) }), ({ workId }) => workId),
  );
  const identifiersById = new SharedBatches<bigint, IdentifierRow | null>(rows, null, async (sender, ids) => {
    const found = await identifiers(sender, { ids: bigintArray(ids) });
    return new Map(found.map((row) => [row.identifierId, row]));
  });
  return (batches) => ({
    work: batches.shared(worksById),
    identifiersOfWork: batches.shared(identifiersByWork),
    identifier: batches.shared(identifiersById),
  });
}
