import { compareServers } from "./api/comparison.ts";
import { withHepTh } from "./api/served-hep-th.ts";
import type { Pace } from "./api/turns.ts";

const fullPace: Pace = { rounds: 3, milliseconds: 800, warmUpMilliseconds: 600 };
const quickPace: Pace = { rounds: 1, milliseconds: 500, warmUpMilliseconds: 500 };

/**
 * `npm run bench -- api`: the same content of one PostgreSQL, served by pith-graph, by PostGraphile and by hand-written
 * SQL, with equal answers demanded before anything is timed; the ceilings of graphql-yoga and graphql-js; and
 * pith-graph on all cores. `--quick` takes one short round.
 */
export async function run(args: readonly string[]): Promise<void> {
  const pace = args.includes("--quick") ? quickPace : fullPace;
  await withHepTh(({ url, parameters }) => compareServers(url, parameters, pace));
}
