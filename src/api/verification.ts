import { isJsonObject, type JsonObject, mergeVersion, parseInstant, parseJson } from "../protocol/index.ts";
import { appliedEventIds } from "../store/states/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { JsonText } from "./json-text.ts";
import type { PaperRow } from "./loaders/papers.ts";
import { PaperObject, ProvenanceObject, StateObject, VerificationObject } from "./objects.ts";
import { provenanceOf } from "./provenance.ts";
import { required } from "./required.ts";
import { CheckResultEnum, ProofEnum } from "./scalars-and-enums.ts";

VerificationObject.implement({
  description:
    "What this mirror checked of a paper by itself, when its events came in. Nothing here is taken from anybody's word.",
  fields: (t) => ({
    proof: t.expose("proof", {
      type: ProofEnum,
      description:
        "How far what is shown is proved: the standing of the current snapshot, else of the record. An event's " +
        "standing is its own proof, or SIGNED where a signed event of the same signer is built on it.",
    }),
    recordHash: t.expose("recordHash", {
      type: CheckResultEnum,
      description: "Is the Pith number the hash of the canonical record?",
    }),
    receipt: t.expose("receipt", {
      type: CheckResultEnum,
      description: "Does the registry's Ed25519 receipt over that hash verify?",
    }),
    titleBinding: t.expose("titleBinding", {
      type: CheckResultEnum,
      description: "Does the title shown have the hash that the signed record holds?",
    }),
    claimsHash: t.expose("claimsHash", {
      type: CheckResultEnum,
      description: "Do the claims have the hash that the snapshot gives for them?",
    }),
    referencesHash: t.expose("referencesHash", {
      type: CheckResultEnum,
      description:
        "Do the references have the hash that the snapshot gives for them? NOT_CHECKABLE where only a part of the " +
        "list is published.",
    }),
    publishedStateHash: t.expose("publishedStateHash", {
      type: CheckResultEnum,
      description:
        "Does merging a state document that was taken in give the `state_sha256` it was published with? " +
        "NOT_CHECKABLE where none was taken in, or it carries fewer events than it counts.",
    }),
    equivocations: t.exposeInt("equivocationCount", {
      description: "Places in the paper's history that a signer filled twice: forks. 0 is what one wants.",
    }),
    invalidEvents: t.int({
      description: "Events that are authentic, yet wrong: kept, never applied.",
      resolve: ({ eventCount, validEventCount }) => eventCount - validEventCount,
    }),
  }),
});

StateObject.implement({
  description:
    "The paper's state: what the deterministic merge makes of all its events. Any mirror that holds the same events " +
    "has the same state, byte for byte, and so the same `sha256`.",
  fields: (t) => ({
    sha256: t.exposeString("stateSha256", {
      description:
        "SHA-256 in lower-case hex over the canonical JSON of `document` without its `state_sha256`.",
    }),
    mergeVersion: t.string({ description: "The rules of the merge.", resolve: () => mergeVersion }),
    eventCount: t.exposeInt("eventCount", {
      description: "Distinct events: the valid and the invalid ones.",
    }),
    validEventCount: t.exposeInt("validEventCount", {
      description: "Events that the rules found no fault with.",
    }),
    invalidEventCount: t.int({
      description: "Events that are authentic, yet wrong.",
      resolve: ({ eventCount, validEventCount }) => eventCount - validEventCount,
    }),
    equivocationCount: t.exposeInt("equivocationCount", {
      description: "Places that a signer filled twice.",
    }),
    appliedEventIds: t.stringList({
      description: "The events that were applied, in merge order, superseded ones included: `sha256:…`.",
      resolve: async (paper, _args, context) => appliedEventIds(await mergedState(paper, context)),
    }),
    document: t.field({
      type: "JSON",
      description:
        "The whole state document, `state_sha256` included, merged from the log as it is now. Large: it holds every " +
        "payload.",
      resolve: async (paper, _args, context) => {
        const { text } = await mergedState(paper, context);
        const { allowance, loaders } = context;
        // Many requests may have waited for the same state: each takes milliseconds to make a string of it.
        if (allowance.isTurnOver) await allowance.pause(loaders.batches);
        return new JsonText((text ?? "null").toString());
      },
    }),
  }),
});

function mergedState({ paperId, pithNumber }: PaperRow, { loaders }: Context) {
  return required(loaders.state.load({ paperId, pithNumber }), "log");
}

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
