import type { PithNumber } from "../../protocol/index.ts";
import type { Database } from "../../store/database.ts";
import { type LogRows, mergeLog, parseLog, readLogRows, readLogSizes } from "../../store/log.ts";
import { type MergedText, mergeInThread } from "../../store/merge-in-thread.ts";
import type { Batches, RowLoader } from "./batch.ts";
import { readInPortions } from "./portions.ts";

export type StateKey = { readonly paperId: bigint; readonly pithNumber: string };

export type StateLoaders = {
  /** The state merged from the paper's log. Dear beside a row: asked for only where a field needs it. */
  readonly state: RowLoader<StateKey, MergedText | null>;
};

/** A log of so many bytes is merged in some milliseconds. */
const mostBytesHere = 250_000;

function mergeHere(pithNumber: PithNumber, log: LogRows): MergedText {
  return mergeLog(pithNumber, parseLog(log));
}

export function prepareStateLoaders({ db }: Pick<Database, "db">): (batches: Batches) => StateLoaders {
  return (batches) => ({
    state: batches.loader(
      async (keys) => {
        const sizes = await readLogSizes(
          db,
          keys.map(({ paperId }) => paperId),
        );
        const states = new Map<bigint, MergedText>();
        const read = async (portion: readonly StateKey[]) => {
          const ids = portion.map(({ paperId }) => paperId);
          const logs = await readLogRows(db, ids);
          for (const { paperId, pithNumber } of portion) {
            const log = logs.get(paperId) ?? { events: [], aliases: [] };
            const isLarge = (sizes.get(paperId) ?? 0) > mostBytesHere;
            if (!isLarge) await batches.allowance.turn();
            const merge = isLarge ? mergeInThread : mergeHere;
            states.set(paperId, await merge(pithNumber as PithNumber, log));
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
