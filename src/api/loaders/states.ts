import type { MergedState, PithNumber } from "../../protocol/index.ts";
import type { Database } from "../../store/database.ts";
import { mergeLog, readLogs } from "../../store/log.ts";
import type { Batches, RowLoader } from "./batch.ts";

export type StateKey = { readonly paperId: bigint; readonly pithNumber: string };

export type StateLoaders = {
  /** The state merged from the paper's log. Dear beside a row: asked for only where a field needs it. */
  readonly state: RowLoader<StateKey, MergedState | null>;
};

export function prepareStateLoaders({ db }: Pick<Database, "db">): (batches: Batches) => StateLoaders {
  return (batches) => ({
    state: batches.loader(
      async (keys) => {
        const logs = await readLogs(
          db,
          keys.map(({ paperId }) => paperId),
        );
        return new Map(
          keys.map(({ paperId, pithNumber }) => [
            paperId,
            mergeLog(pithNumber as PithNumber, logs.get(paperId)),
          ]),
        );
      },
      null,
      ({ paperId }) => paperId,
    ),
  });
}
