import { and, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { claims, references, works } from "../../store/tables/index.ts";
import { builder } from "../builder.ts";
import { claimsConnection } from "../claims.ts";
import { ClaimConnection } from "../connection-objects.ts";
import { ClaimKindEnum } from "../enums.ts";
import { ApiError } from "../errors.ts";
import { ofKinds } from "../loaders/claims.ts";
import { pageArguments } from "../page-arguments.ts";

builder.queryField("anchorClaims", (t) =>
  t.field({
    type: ClaimConnection,
    description:
      "Lists the claims of a paper's anchors: of the stored papers that the paper cites through internal anchors. The order is that " +
      "of `claims`.",
    args: {
      ref: t.arg.string({
        required: true,
        description: "The citing paper, in any form that `Query.paper` accepts.",
      }),
      kinds: t.arg({
        type: [ClaimKindEnum],
        description: "Only claims of these kinds. Defaults to all kinds; an empty list matches nothing.",
      }),
      ...pageArguments,
    },
    resolve: async (_root, { ref, kinds, ...page }, context) => {
      const { database, loaders } = context;
      const paper = await loaders.paperByRef.load(ref);
      if (paper === null) {
        throw new ApiError("NOT_FOUND", `No paper ${JSON.stringify(ref)} is stored here.`);
      }
      const { db } = database;
      const cited = db
        .select({ workId: references.citedWorkId })
        .from(references)
        .where(and(eq(references.paperId, paper.paperId), references.isInternalAnchor));
      // One in the other, not joined: a server with Citus reads each where it lies.
      const anchors = db
        .select({ paperId: sql`${works.paperId}` })
        .from(works)
        .where(and(inArray(works.workId, cited), isNotNull(works.paperId)));
      const condition = and(inArray(claims.paperId, anchors), ofKinds(kinds ?? null));
      return claimsConnection(condition, page, context);
    },
  }),
);
