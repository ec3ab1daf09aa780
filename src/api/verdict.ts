import { isJsonObject, type JsonObject, parseInstant, parseJson } from "../protocol/index.ts";
import { builder } from "./builder.ts";
import { JsonText } from "./json-text.ts";
import { PaperObject } from "./objects.ts";

/** A snapshot's verdict that has an id. */
type Verdict = JsonObject & { readonly id: string };

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
      resolve: (verdict) => {
        const instant = parseInstant(verdict["created_at"]);
        return instant === null ? null : `${instant}Z`;
      },
    }),
    modelSet: t.field({
      type: "JSON",
      nullable: true,
      description: "Which models read it.",
      resolve: (verdict) => {
        const models = verdict["model_set"];
        return models === undefined || models === null ? null : JsonText.of(models);
      },
    }),
    pipelineVersion: t.string({
      nullable: true,
      description: "Which software read it.",
      resolve: (verdict) => textOf(verdict, "pipeline_version"),
    }),
    oneLineSummary: t.string({
      nullable: true,
      description: "The paper in one line.",
      resolve: (verdict) => textOf(verdict, "one_line_summary"),
    }),
    strongestClaim: t.string({
      nullable: true,
      description: "The most that the paper asserts.",
      resolve: (verdict) => textOf(verdict, "strongest_claim"),
    }),
    weakestAssumption: t.string({
      nullable: true,
      description: "What the paper rests on most precariously.",
      resolve: (verdict) => textOf(verdict, "weakest_assumption"),
    }),
    headline: t.string({
      nullable: true,
      description: "A headline for the paper (`pith_extraction_headline`).",
      resolve: (verdict) => textOf(verdict, "pith_extraction_headline") ?? textOf(verdict, "headline"),
    }),
  }),
});

builder.objectField(PaperObject, "verdict", (t) =>
  t.field({
    type: VerdictObject,
    nullable: true,
    description: "The registry's machine reading; null where the current snapshot has none, or no snapshot is known.",
    resolve: ({ verdict }) => {
      const value = verdict === null ? null : parseJson(verdict);
      return isJsonObject(value ?? undefined) && isVerdict(value as JsonObject) ? (value as Verdict) : null;
    },
  }),
);

function isVerdict(value: JsonObject): value is Verdict {
  return typeof value["id"] === "string";
}

function textOf(verdict: JsonObject, key: string): string | null {
  const value = verdict[key];
  return typeof value === "string" ? value : null;
}
