export type { GraphTransaction } from "./messages.ts";
export { ThreadPool } from "./thread-pool.ts";
