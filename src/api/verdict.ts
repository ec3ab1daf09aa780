import { isJsonObject, type JsonObject, parseInstant, parseJson } from "../protocol/index.ts";
import { builder } from "./builder.ts";
import { JsonText } from "./json-text.ts";
import { PaperObject, ProvenanceObject } from "./objects.ts";
import { provenanceOf } from "./provenance.ts";

type Verdict = { readonly id: string; readonly members: JsonObject; readonly paperId: bigint };

const VerdictObject = builder.objectRef<Verdict>("Verdict");

VerdictObject.implement({
  description:
    "The signer's machine reading of a paper, from its current snapshot. Fields are null if absent or of an unexpected type.",
  fields: (t) => ({
    verdictId: t.exposeString("id", { description: "The registry's id of this reading (a UUID)." }),
    createdAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "The creation date that the signer states.",
      resolve: ({ members }) => {
        const instant = parseInstant(members["created_at"]);
        return instant === null ? null : `${instant}Z`;
      },
    }),
    modelSet: t.field({
      type: "JSON",
      nullable: true,
      description: "The models that produced the reading.",
      resolve: ({ members }) => {
        const models = members["model_set"];
        return models === undefined || models === null ? null : JsonText.of(models);
      },
    }),
    pipelineVersion: t.string({
      nullable: true,
      description: "The version of the software that produced the reading.",
      resolve: ({ members }) => textOf(members, "pipeline_version"),
    }),
    oneLineSummary: t.string({
      nullable: true,
      description: "A summary in one line.",
      resolve: ({ members }) => textOf(members, "one_line_summary"),
    }),
    strongestClaim: t.string({
      nullable: true,
      description: "The strongest statement that the paper makes.",
      resolve: ({ members }) => textOf(members, "strongest_claim"),
    }),
    weakestAssumption: t.string({
      nullable: true,
      description: "The least certain premise of the paper.",
      resolve: ({ members }) => textOf(members, "weakest_assumption"),
    }),
    headline: t.string({
      nullable: true,
      description: "A headline for the paper (`pith_extraction_headline` or `headline`).",
      resolve: ({ members }) => textOf(members, "pith_extraction_headline") ?? textOf(members, "headline"),
    }),
    provenance: t.field({
      type: ProvenanceObject,
      description: "Who asserts the reading.",
      resolve: ({ paperId }, _args, context) => provenanceOf(paperId, context),
    }),
  }),
});

builder.objectField(PaperObject, "verdict", (t) =>
  t.field({
    type: VerdictObject,
    nullable: true,
    description: "The signer's machine reading. Returns null if the current snapshot has none.",
    resolve: ({ paperId, verdict }) => (verdict === null ? null : readVerdict(paperId, verdict)),
  }),
);

/** Null if it has no id. */
function readVerdict(paperId: bigint, text: string): Verdict | null {
  const members = parseJson(text);
  if (!isJsonObject(members)) return null;
  const id = members["id"];
  return typeof id === "string" ? { id, members, paperId } : null;
}

function textOf(members: JsonObject, key: string): string | null {
  const value = members[key];
  return typeof value === "string" ? value : null;
}
