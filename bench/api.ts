import { compareServers } from "./api/comparison.ts";
import { withHepTh } from "./api/served-hep-th.ts";
import type { Pace } from "./api/turns.ts";

const fullPace: Pace = { rounds: 3, milliseconds: 800, warmUpMilliseconds: 600 };
const quickPace: Pace = { rounds: 1, milliseconds: 500, warmUpMilliseconds: 500 };

/**
 * `npm run bench -- api`: compares pith-graph, PostGraphile and hand-written SQL on the same contents of one
 * PostgreSQL, after a check that all answers are equal; measures the ceilings of graphql-yoga and graphql-js, and
 * pith-graph on all cores. `--quick` runs one short round.
 */
export async function run(args: readonly string[]): Promise<void> {
  const pace = args.includes("--quick") ? quickPace : fullPace;
  await withHepTh(({ url, parameters }) => compareServers(url, parameters, pace));
}
