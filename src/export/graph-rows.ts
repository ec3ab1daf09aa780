import type pg from "pg";
import { type CitationDirection, neighbourhoodInSql, SqlRows } from "../graph/index.ts";
import { bigintArray, readLayout } from "../store/index.ts";
import { plainNodeCharacters } from "../text/index.ts";

/** A part of the citation graph: the works within `depth` steps of the roots. */
export type ExportedNeighbourhood = {
  readonly roots: readonly bigint[];
  readonly direction: CitationDirection;
  /** Steps; 0 means the roots alone. */
  readonly depth: number;
  /** Maximum number of works. A level that exceeds it keeps its most cited works. */
  readonly maximumWorks: number;
};

/** The works of an export, as a condition on a column of work ids, and whether the maximum left some out. */
export type WorkSelection = {
  where(column: string): string;
  readonly isTruncated: boolean;
};

const allWorks: WorkSelection = { where: () => "true", isTruncated: false };

/** Finds the works of a neighbourhood in the snapshot of this connection, level by level; all works for null. */
export async function selectWorks(
  client: pg.ClientBase,
  neighbourhood: ExportedNeighbourhood | null,
): Promise<WorkSelection> {
  if (neighbourhood === null) return allWorks;
  const { maximumWorks: maxNodes, ...question } = neighbourhood;
  const rows = new SqlRows(client, {}, await readLayout(client));
  const { workIds, truncated } = await neighbourhoodInSql(rows, {
    ...question,
    maxNodes,
    withoutEdges: true,
  });
  // COPY takes no parameters; these are digits.
  const ids = bigintArray(workIds);
  return { where: (column) => `${column} = ANY('${ids}'::bigint[])`, isTruncated: truncated };
}

/** A vertex as read: numbered from 1 in the order of the works' keys, by code point. */
export type Vertex = {
  readonly n: number;
  /** The work's key: `arxiv:hep-th/9711200`. */
  readonly work: string;
  readonly title: string | null;
  readonly year: number | null;
  readonly cited_by_count: number;
  /** Null if it has no stored paper. */
  readonly pith_number: string | null;
};

const number = 'row_number() OVER (ORDER BY w.key COLLATE "C")';

/** Rows of `Vertex`. */
export function vertexSelect(works: WorkSelection): string {
  return `SELECT ${number} AS n, w.key AS work, w.title, w.year, w.cited_by_count, p.pith_number
    FROM works AS w LEFT JOIN papers AS p ON p.paper_id = w.paper_id
    WHERE ${works.where("w.work_id")} ORDER BY n`;
}

/** `nodeIdOf` in SQL. Few keys have characters to encode. */
function nodeIdSql(key: string): string {
  return `CASE WHEN ${key} ~ '^[${plainNodeCharacters}]*$' THEN ${key} ELSE (
      SELECT string_agg(CASE WHEN character ~ '[${plainNodeCharacters}]' THEN character ELSE
          regexp_replace(upper(encode(convert_to(character, 'UTF8'), 'hex')), '(..)', '%\\1', 'g') END, '' ORDER BY place)
      FROM regexp_split_to_table(${key}, '') WITH ORDINALITY AS s(character, place)) END`;
}

/**
 * The citations between the selected works as one text column, by the number of the citing work and then of the cited. `text`
 * is built from `n` and `node` of `citing` and `cited`, and `c.is_internal_anchor`: numbers, ids as `nodeIdOf` makes
 * them, and a flag, so nothing must be escaped, and PostgreSQL writes the lines.
 */
export function edgeLines(works: WorkSelection, text: string): string {
  return `WITH numbered AS MATERIALIZED (
      SELECT w.work_id, ${number} AS n${text.includes(".node") ? `, ${nodeIdSql("w.key")} AS node` : ""} FROM works AS w
      WHERE ${works.where("w.work_id")}
    )
    SELECT ${text} FROM citations AS c
      JOIN numbered AS citing ON citing.work_id = c.citing_work_id
      JOIN numbered AS cited ON cited.work_id = c.cited_work_id
    WHERE ${works.where("c.citing_work_id")} ORDER BY citing.n, cited.n`;
}

/** The number of selected works. */
export function countSelect(works: WorkSelection): string {
  return `SELECT count(*)::int AS count FROM works AS w WHERE ${works.where("w.work_id")}`;
}
