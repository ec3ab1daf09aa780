import type { MergedState, PithNumber } from "../../protocol/index.ts";
import type { Database } from "../../store/database.ts";
import { mergeLog, readLogSizes, readLogs } from "../../store/log.ts";
import type { Batches, RowLoader } from "./batch.ts";
import { readInPortions } from "./portions.ts";

export type StateKey = { readonly paperId: bigint; readonly pithNumber: string };

export type StateLoaders = {
  /** The state merged from the paper's log. Dear beside a row: asked for only where a field needs it. */
  readonly state: RowLoader<StateKey, MergedState | null>;
};

export function prepareStateLoaders({ db }: Pick<Database, "db">): (batches: Batches) => StateLoaders {
  return (batches) => ({
    state: batches.loader(
      async (keys) => {
        const sizes = await readLogSizes(
          db,
          keys.map(({ paperId }) => paperId),
        );
        const states = new Map<bigint, MergedState>();
        const read = async (portion: readonly StateKey[]) => {
          const ids = portion.map(({ paperId }) => paperId);
          const logs = await readLogs(db, ids, () => batches.allowance.turn());
          for (const { paperId, pithNumber } of portion) {
            await batches.allowance.turn();
            states.set(paperId, mergeLog(pithNumber as PithNumber, logs.get(paperId)));
          }
        };
        await readInPortions(keys, ({ paperId }) => sizes.get(paperId) ?? 0, batches.allowance, read);
        return states;
      },
      null,
      ({ paperId }) => paperId,
    ),
  });
}
