import { parseArgs } from "node:util";
import { type ApiPace, compareServers } from "./api/comparison.ts";
import { withHepTh, withLargeCorpus } from "./api/served.ts";
import { largeSize, sizeOf } from "./large-corpus/network.ts";

const fullPace: ApiPace = {
  comparedAnswers: 500,
  coldMilliseconds: 10_000,
  warmUpMilliseconds: 3000,
  rounds: 3,
  milliseconds: 1000,
};
const quickPace: ApiPace = {
  comparedAnswers: 100,
  coldMilliseconds: 2000,
  warmUpMilliseconds: 700,
  rounds: 1,
  milliseconds: 700,
};

/**
 * `npm run bench -- api [hep-th | --large] [--papers N] [--data DIR] [--quick]`: compares pith-graph, PostGraphile and
 * hand-written SQL on the same contents of one PostgreSQL, after a check that all answers are equal.
 *
 * On hep-th, also measures the ceilings of graphql-yoga and graphql-js, and pith-graph on all cores. `--large` takes
 * 300,000 papers (or N) with 6 million references (20 a paper), which stay in DIR for the next run. `--quick` runs one
 * short round.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      large: { type: "boolean" },
      papers: { type: "string" },
      data: { type: "string" },
      quick: { type: "boolean" },
    },
  });
  const pace = values.quick === true ? quickPace : fullPace;
  if (values.large !== true) return withHepTh((served) => compareServers(served, pace, true));
  const size = values.papers === undefined ? largeSize : sizeOf(Number(values.papers));
  return withLargeCorpus(size, values.data, (served) => compareServers(served, pace, false));
}
