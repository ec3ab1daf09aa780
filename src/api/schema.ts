// Each of these modules adds its types and fields to the builder when it is imported.
import "./scalars-and-enums.ts";
import "./paper.ts";
import "./verification.ts";
import "./provenance.ts";
import "./claim.ts";
import "./reference.ts";
import "./event.ts";
import "./papers.ts";
import "./search.ts";
import "./anchors.ts";
import "./citation-graph.ts";
import "./citation-path.ts";
import "./related-works.ts";
import "./top-works.ts";
import "./status.ts";
import "./submission.ts";
import "./paper-changed.ts";
import { assertObjectType, type GraphQLFieldResolver } from "graphql";
import { builder, encodeGlobalId } from "./builder.ts";
import { claimKeyOf } from "./claim.ts";
import type { Context } from "./context.ts";
import { limitFields, priceFields } from "./execution/index.ts";
import type { ClaimRow, PaperRow, WorkRow } from "./loaders/index.ts";
import { paperKeyOf } from "./paper.ts";
import { checkColumns, reads } from "./selected-columns.ts";
import { workKeyOf } from "./work.ts";

/** The complete schema, built from what the modules imported above have added to the builder. */
export const schema = builder.toSchema();

// Pothos creates a promise for each id, and hides what it reads. For the two works of each of thousands of edges, the
// promises take most of the time of a graph query.
const idResolvers = {
  Paper: reads<PaperRow, "pithNumber", object, string>(["pithNumber"], (paper) =>
    encodeGlobalId("Paper", paperKeyOf(paper)),
  ),
  Work: reads<WorkRow, "key", object, string>(["key"], (work) => encodeGlobalId("Work", workKeyOf(work))),
  Claim: reads<ClaimRow, "paperId" | "ordinal", object, Promise<string>>(
    ["paperId", "ordinal"],
    async (claim, args, context) => encodeGlobalId("Claim", await claimKeyOf(claim, args, context)),
  ),
};
for (const [name, resolve] of Object.entries(idResolvers)) {
  const { id } = assertObjectType(schema.getType(name)).getFields();
  if (id !== undefined) id.resolve = resolve as GraphQLFieldResolver<unknown, Context>;
}

checkColumns(schema);
priceFields(schema);
limitFields(schema);
