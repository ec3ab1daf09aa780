import type { PithNumber } from "../../protocol/index.ts";
import { endingSignal } from "../../store/cancellation.ts";
import { readLogTexts } from "../../store/index.ts";
import { type BuiltDocument, isLarge, PaperStates, readHeads } from "../../store/states/index.ts";
import { buildPaperDocument } from "../paper-document.ts";
import type { Batches, RowLoader } from "./batch.ts";
import { readInPortions } from "./portions.ts";
import type { Rows } from "./rows-of-database.ts";

export type StateKey = { readonly paperId: bigint; readonly pithNumber: string };

export type StateLoaders = {
  /** The state merged from the paper's log. Expensive beside a row: loaded only where a field needs it. */
  readonly state: RowLoader<StateKey, BuiltDocument | null>;
};

export function prepareStateLoaders({
  db,
  states = new PaperStates(),
}: Pick<Rows, "db" | "states">): (batches: Batches) => StateLoaders {
  return (batches) => ({
    state: batches.loader(
      async (keys) => {
        const heads = await readHeads(
          db,
          keys.map(({ paperId }) => paperId),
        );
        const built = new Map<bigint, BuiltDocument>();
        const read = async (portion: readonly StateKey[]) => {
          const small = portion.flatMap(({ paperId }) => {
            const head = heads.get(paperId);
            return head === undefined || isLarge(head) ? [] : paperId;
          });
          const logs = await readLogTexts(db, small);
          for (const { paperId, pithNumber } of portion) {
            const head = heads.get(paperId);
            if (head === undefined) continue;
            await batches.allowance.turn();
            const state = await buildPaperDocument(states, {
              document: "state",
              pithNumber: pithNumber as PithNumber,
              head,
              reader: "graphql",
              signal: endingSignal(),
              readLog: async () =>
                isLarge(head) ? (await readLogTexts(db, [paperId])).get(paperId) : logs.get(paperId),
            });
            built.set(paperId, state);
          }
        };
        await readInPortions(
          keys,
          ({ paperId }) => heads.get(paperId)?.logBytes ?? 0,
          batches.allowance,
          read,
        );
        return built;
      },
      null,
      ({ paperId }) => paperId,
    ),
  });
}
