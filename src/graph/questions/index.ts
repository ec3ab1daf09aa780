export { longestChains } from "./longest-chain.ts";
export { neighbourhood } from "./neighbourhood.ts";
export { degreeWithin, inDegrees, pageRank } from "./pagerank.ts";
export { reachable } from "./reachable.ts";
export { type Relatedness, relatedWorks } from "./relatedness.ts";
export { shortestPath } from "./shortest-path.ts";
export { type CountedWorks, commonReferences, derivativeWorks, priorWorks } from "./tally.ts";
