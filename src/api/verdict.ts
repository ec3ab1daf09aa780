import { isJsonObject, type JsonObject, parseInstant, parseJson } from "../protocol/index.ts";
import { builder } from "./builder.ts";
import { JsonText } from "./json-text.ts";
import { PaperObject, ProvenanceObject } from "./objects.ts";
import { provenanceOf } from "./provenance.ts";

type Verdict = { readonly id: string; readonly members: JsonObject; readonly paperId: bigint };

const VerdictObject = builder.objectRef<Verdict>("Verdict");

VerdictObject.implement({
  description:
    "What the registry's machine reading made of the paper, as its current snapshot says. Members that are not " +
    "there, or of another type than here, are null.",
  fields: (t) => ({
    id: t.exposeString("id", { description: "The registry's id of this reading (a UUID)." }),
    createdAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When the reading was made, as the registry says.",
      resolve: ({ members }) => {
        const instant = parseInstant(members["created_at"]);
        return instant === null ? null : `${instant}Z`;
      },
    }),
    modelSet: t.field({
      type: "JSON",
      nullable: true,
      description: "Which models read it.",
      resolve: ({ members }) => {
        const models = members["model_set"];
        return models === undefined || models === null ? null : JsonText.of(models);
      },
    }),
    pipelineVersion: t.string({
      nullable: true,
      description: "Which software read it.",
      resolve: ({ members }) => textOf(members, "pipeline_version"),
    }),
    oneLineSummary: t.string({
      nullable: true,
      description: "The paper in one line.",
      resolve: ({ members }) => textOf(members, "one_line_summary"),
    }),
    strongestClaim: t.string({
      nullable: true,
      description: "The most that the paper asserts.",
      resolve: ({ members }) => textOf(members, "strongest_claim"),
    }),
    weakestAssumption: t.string({
      nullable: true,
      description: "What the paper rests on most precariously.",
      resolve: ({ members }) => textOf(members, "weakest_assumption"),
    }),
    headline: t.string({
      nullable: true,
      description: "A headline for the paper (`pith_extraction_headline`).",
      resolve: ({ members }) => textOf(members, "pith_extraction_headline") ?? textOf(members, "headline"),
    }),
    provenance: t.field({
      type: ProvenanceObject,
      description: "Who says that the paper was read so: the signer of its current snapshot.",
      resolve: ({ paperId }, _args, context) => provenanceOf(paperId, context),
    }),
  }),
});

builder.objectField(PaperObject, "verdict", (t) =>
  t.field({
    type: VerdictObject,
    nullable: true,
    description:
      "The registry's machine reading; null where the current snapshot has none, or no snapshot is known.",
    resolve: ({ paperId, verdict }) => (verdict === null ? null : readVerdict(paperId, verdict)),
  }),
);

/** Null where it has no id to be told by. */
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
