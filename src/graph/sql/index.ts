export { type AnchorChainAnswer, anchorChainInSql } from "./anchor-chain-in-sql.ts";
export { neighbourhoodInSql } from "./neighbourhood-in-sql.ts";
export { askSql, topWorksInSql } from "./sql-graph.ts";
export { SqlRows } from "./sql-rows.ts";
