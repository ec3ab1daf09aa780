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
      "The claims of the papers that anchor a paper: of those held of the works that it cites by references marked as internal " +
      "anchors. Each with its own provenance. In the order of `claims`.",
    args: {
      ref: t.arg.string({
        required: true,
        description: "The paper that is anchored: as for `paper`; NOT_FOUND where none is held.",
      }),
      kinds: t.arg({
        type: [ClaimKindEnum],
        description: "Only claims of these kinds; an empty list fits none.",
      }),
      ...pageArguments,
    },
    resolve: async (_root, { ref, kinds, ...page }, context) => {
      const { database, loaders } = context;
      const paper = await loaders.paperByRef.load(ref);
      if (paper === null) {
        throw new ApiError("NOT_FOUND", `This mirror holds no paper ${JSON.stringify(ref)}.`);
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
