import type { CitationDirection } from "../graph/index.ts";
import { graphLimits, readInRange } from "./argument-limits.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { ApiError } from "./errors.ts";
import {
  type GraphResult,
  GraphResultInterface,
  selectedWorks,
  workIdByRef,
  workRefForms,
  workRows,
} from "./graph-result.ts";
import type { SelectedWorks, WorkRow } from "./loaders/index.ts";
import { WorkObject } from "./objects.ts";
import { CitationDirectionEnum } from "./scalars-and-enums.ts";

type CitationPath = GraphResult & { readonly works: readonly WorkRow[] };

const CitationPathObject = builder.objectRef<CitationPath>("CitationPath").implement({
  description:
    "A path from one work to another along citations. Never truncated: a search that runs out of time fails instead.",
  interfaces: [GraphResultInterface],
  fields: (t) => ({
    length: t.int({
      description: "The number of citations along the path. 0 from a work to itself.",
      resolve: ({ works }) => works.length - 1,
    }),
    works: t.field({
      type: [WorkObject],
      description: "The works along the path, including both ends.",
      resolve: ({ works }) => [...works],
    }),
  }),
});

builder.queryField("citationPath", (t) =>
  t.field({
    type: CitationPathObject,
    nullable: true,
    description:
      "Finds a shortest path from one work to another. Returns null if there is none within `maxDepth`; among equally short paths " +
      "the result is always the same.",
    args: {
      from: t.arg.string({ required: true, description: `The first work, ${workRefForms}.` }),
      to: t.arg.string({ required: true, description: `The last work, ${workRefForms}.` }),
      direction: t.arg({
        type: CitationDirectionEnum,
        required: true,
        defaultValue: "REFERENCES",
        description: "The direction in which the path follows citations, starting at `from`.",
      }),
      maxDepth: t.arg.int({
        required: true,
        defaultValue: 8,
        description: `The maximum length of the path. Defaults to 8; maximum ${graphLimits.maxDepth[1]}.`,
      }),
    },
    resolve: async (_root, { from, to, direction, maxDepth }, context, info) => {
      readInRange("maxDepth", maxDepth, graphLimits.maxDepth);
      const selected = selectedWorks(info, [["works"]]);
      return shortestPath({ from, to, direction, maxDepth }, selected, context);
    },
  }),
);

type PathQuery = {
  readonly from: string;
  readonly to: string;
  readonly direction: CitationDirection;
  readonly maxDepth: number;
};

/** Maximum number of searches if works on the path disappear before they are read. */
const maxAttempts = 3;

async function shortestPath(
  query: PathQuery,
  selected: SelectedWorks,
  context: Context,
): Promise<CitationPath | null> {
  const { from, to, ...options } = query;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const { graph, loaders } = context;
    // Looked up again each time: the ends may have been merged into other works, too.
    const [first, last] = await Promise.all([workIdByRef(from, context), workIdByRef(to, context)]);
    const answer = await graph.query((service, budget) =>
      service.path({ from: first, to: last, ...options }, budget),
    );
    const { workIds, truncated, graphVersion } = answer;
    if (workIds === null) {
      if (!truncated) return null;
      throw new ApiError(
        "QUERY_TOO_COMPLEX",
        "The time budget ran out before a path was found. Use a smaller `maxDepth`, or a single direction.",
      );
    }
    const works = await workRows(workIds, selected, answer, loaders);
    const stored = works.filter((work) => work !== null);
    if (stored.length === works.length) return { works: stored, graphVersion, truncated: false };
    // A work on the path was just merged into another one, and memory will follow; or it was just added, and a replica
    // lags behind.
    await graph.catchUp();
    Object.assign(context, context.renew());
  }
  throw new ApiError("GRAPH_UNAVAILABLE", "The works on the path keep changing. Try again shortly.");
}
