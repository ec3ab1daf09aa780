import { KeysetConnection, type PageArguments } from "./connections.ts";
import type { Context } from "./context.ts";
import type { KeyOrder } from "./cursor.ts";
import type { CitingPaperRow } from "./loaders/citing-papers.ts";
import type { PaperRow } from "./loaders/papers.ts";
import { required } from "./required.ts";

const order: KeyOrder = { name: "citing_papers", parts: ["instant", "bigint"] };

/** The papers held whose references name a work, latest submitted first. */
export function citingConnection(
  workId: bigint,
  page: PageArguments,
  { loaders }: Context,
): KeysetConnection<CitingPaperRow, PaperRow> {
  return new KeysetConnection<CitingPaperRow, PaperRow>(
    {
      order,
      keyOf: ({ submittedAt, paperId }) => [submittedAt, String(paperId)],
      nodeOf: ({ paperId }) => loaders.paper.get(paperId),
      rows: (range) => loaders.citingPapersOfWork.of(range).get(workId),
      anyFrom: async (key, side) => {
        // The bounds are exclusive: one of the two is the neighbour of the key in this order.
        const range = { after: null, before: null, reverse: side === "before", limit: 1 };
        const [submittedAt = "", paperId = "0"] = key;
        const neighbour = [submittedAt, String(BigInt(paperId) + (side === "before" ? -1n : 1n))];
        const bound = side === "before" ? { before: neighbour } : { after: neighbour };
        return (await loaders.citingPapersOfWork.of({ ...range, ...bound }).load(workId)).length > 0;
      },
      count: async () => (await required(loaders.work.get(workId), "work")).citingPaperCount,
    },
    page,
  );
}
