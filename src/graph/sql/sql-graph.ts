import type pg from "pg";
import type { Budget } from "../budget.ts";
import type { At } from "../memory-graph.ts";
import { type Answer, GraphUnavailableError, type Input, type QuestionName } from "../question.ts";
import type { TopWorksAnswer, TopWorksInput } from "../top-works.ts";
import { neighbourhoodInSql } from "./neighbourhood-in-sql.ts";
import { pathInSql } from "./path-in-sql.ts";
import { relatedWorksInSql } from "./relatedness-in-sql.ts";
import { type SqlRows, withSqlRows } from "./sql-rows.ts";
import { reachableInSql, tallyInSql } from "./tally-in-sql.ts";

type SqlAnswers = {
  readonly [Name in QuestionName]: (rows: SqlRows, input: Input<Name>) => Promise<Answer<Name>>;
};

const answers: SqlAnswers = {
  neighbourhood: neighbourhoodInSql,
  path: pathInSql,
  reachable: reachableInSql,
  relatedWorks: relatedWorksInSql,
  commonReferences: (rows, input) =>
    tallyInSql(rows, { ...input, direction: "REFERENCES", isOutside: false }),
  priorWorks: (rows, input) =>
    tallyInSql(rows, { ...input, direction: "REFERENCES", least: 1, isOutside: true }),
  derivativeWorks: (rows, input) =>
    tallyInSql(rows, { ...input, direction: "CITED_BY", least: 1, isOutside: true }),
};

/**
 * Answers a question from the tables, at the position of one snapshot; each level of a search is one statement. Equals
 * the answer from memory unless a budget cuts it: SQL does not define which rows come first.
 */
export function askSql<Name extends QuestionName>(
  pool: pg.Pool,
  name: Name,
  input: Input<Name>,
  budget: Budget,
): Promise<At<Answer<Name>>> {
  return withSqlRows(pool, budget, (rows) => answers[name](rows, input));
}

/** The tables store citation counts; all other rankings need the graph in memory: GraphUnavailableError. */
export async function topWorksInSql(
  pool: pg.Pool,
  { by, first, among, within, anchorsOnly }: TopWorksInput,
  budget: Budget,
): Promise<At<TopWorksAnswer>> {
  if (by !== "CITED_BY_COUNT" || within !== undefined || anchorsOnly) {
    throw new GraphUnavailableError("This needs the citation graph in memory, but it is not loaded.");
  }
  return withSqlRows(pool, budget, async (rows) => {
    const works = await rows.mostCited(first, among);
    return {
      works: works.map(([workId, score]) => ({ workId, score })),
      truncated: rows.meter.isShort,
    };
  });
}
