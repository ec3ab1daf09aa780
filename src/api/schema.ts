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
import { assertObjectType } from "graphql";
import { builder, encodeGlobalId } from "./builder.ts";
import { limitFields, priceFields } from "./execution/index.ts";
import type { WorkRow } from "./loaders/index.ts";
import { workKeyOf } from "./work.ts";

/** The complete schema, built from what the modules imported above have added to the builder. */
export const schema = builder.toSchema();

// Pothos creates a promise for each id. For the two works of each of thousands of edges, that takes most of the time of
// a graph query, so ids of works are resolved synchronously.
const workId = assertObjectType(schema.getType("Work")).getFields()["id"];
if (workId !== undefined) workId.resolve = (work: WorkRow) => encodeGlobalId("Work", workKeyOf(work));

priceFields(schema);
limitFields(schema);
