import {
  type Equivocation,
  isEventType,
  isJsonObject,
  type JsonObject,
  mergeVersion,
  parseInstant,
  parseJson,
} from "../protocol/index.ts";
import { appliedEventIds } from "../store/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { digestOf } from "./event.ts";
import { JsonText } from "./execution/index.ts";
import { type PaperRow, required } from "./loaders/index.ts";
import {
  EventObject,
  PaperObject,
  ProvenanceObject,
  SignerObject,
  StateObject,
  VerificationObject,
} from "./objects.ts";
import { provenanceOf } from "./provenance.ts";
import { CheckResultEnum, EventTypeEnum, ProofEnum } from "./scalars-and-enums.ts";
import { reads } from "./selected-columns.ts";

VerificationObject.implement({
  description: "The checks that this mirror itself made of a paper.",
  fields: (t) => ({
    proof: t.expose("proof", {
      type: ProofEnum,
      description: "The `effectiveProof` of the current snapshot, otherwise of the record.",
    }),
    recordHash: t.expose("recordHash", {
      type: CheckResultEnum,
      description: "Whether the Pith number is the hash of the canonical record.",
    }),
    receipt: t.expose("receipt", {
      type: CheckResultEnum,
      description: "Whether the signer's Ed25519 receipt over that hash verifies.",
    }),
    titleBinding: t.expose("titleBinding", {
      type: CheckResultEnum,
      description: "Whether the title has the hash that the record states.",
    }),
    claimsHash: t.expose("claimsHash", {
      type: CheckResultEnum,
      description: "Whether the claims have the hash that the snapshot states.",
    }),
    referencesHash: t.expose("referencesHash", {
      type: CheckResultEnum,
      description:
        "Whether the references have the hash that the snapshot states. NOT_CHECKABLE if only part of the list is published.",
    }),
    publishedStateHash: t.expose("publishedStateHash", {
      type: CheckResultEnum,
      description:
        "Whether merging the events of an ingested state document gives its published `state_sha256`. NOT_CHECKABLE if none was " +
        "ingested, or if it lacks events.",
    }),
    equivocations: t.exposeInt("equivocationCount", {
      description:
        "The number of equivocations: places in the history that a signer filled twice. See `Paper.equivocations`.",
    }),
    invalidEvents: t.int({
      description: "The number of invalid events. Same as `State.invalidEventCount`.",
      resolve: reads(
        ["eventCount", "validEventCount"],
        ({ eventCount, validEventCount }) => eventCount - validEventCount,
      ),
    }),
  }),
});

StateObject.implement({
  description:
    "The result of merging all events of a paper. Mirrors that store the same events compute the same state, byte for byte.",
  fields: (t) => ({
    sha256: t.exposeString("stateSha256", {
      description:
        "The SHA-256 of the canonical JSON of `document` without its `state_sha256`, in lower-case hex.",
    }),
    mergeVersion: t.string({
      description: "The version of the merge rules.",
      resolve: reads([], () => mergeVersion),
    }),
    eventCount: t.exposeInt("eventCount", {
      description: "The number of distinct events, valid and invalid.",
    }),
    validEventCount: t.exposeInt("validEventCount", {
      description: "The number of valid events.",
    }),
    invalidEventCount: t.int({
      description: "The number of invalid events: authentic, but wrong.",
      resolve: reads(
        ["eventCount", "validEventCount"],
        ({ eventCount, validEventCount }) => eventCount - validEventCount,
      ),
    }),
    equivocationCount: t.exposeInt("equivocationCount", {
      description:
        "The number of equivocations. Same as `Verification.equivocations`; see `Paper.equivocations`.",
    }),
    appliedEventIds: t.stringList({
      description: "The ids of the applied events, including superseded ones, in merge order.",
      resolve: reads(["paperId", "pithNumber"], async (paper, _args, context) =>
        appliedEventIds(await mergedState(paper, context)),
      ),
    }),
    document: t.field({
      type: "JSON",
      description: "The complete state document. Large: it contains the payload of every event.",
      resolve: reads(["paperId", "pithNumber"], async (paper, _args, context) => {
        const { text } = await mergedState(paper, context);
        const { allowance, loaders } = context;
        // Many requests may have waited for the same state, and converting it to a string takes milliseconds for each.
        if (allowance.isTurnOver) await allowance.pause(loaders.batches);
        return new JsonText((text ?? "null").toString());
      }),
    }),
  }),
});

function mergedState(
  { paperId, pithNumber }: Pick<PaperRow, "paperId" | "pithNumber">,
  { loaders }: Context,
) {
  return required(loaders.state.load({ paperId, pithNumber }), "log");
}

type PaperEquivocation = Equivocation & Pick<PaperRow, "paperId">;

const EquivocationObject = builder.objectRef<PaperEquivocation>("Equivocation").implement({
  description: "A fork: several signed events of one signer that compete for one place in a paper's history.",
  fields: (t) => ({
    type: t.field({
      type: EventTypeEnum,
      description: "The type of the events.",
      resolve: ({ eventType }) => (isEventType(eventType) ? eventType : "unknown"),
    }),
    target: t.exposeString("target", { description: "The part of the paper that the events are about." }),
    signer: t.field({
      type: SignerObject,
      description: "The signer who published all of the events.",
      resolve: ({ fingerprint }, _args, { loaders }) => required(loaders.signer.get(fingerprint), "signer"),
    }),
    prevEventId: t.exposeString("prevEvent", {
      nullable: true,
      description: "The id of the event that the events follow. Returns null if there is none.",
    }),
    events: t.field({
      type: [EventObject],
      description: "The event that took the place first, then the competing ones in merge order.",
      resolve: ({ paperId, eventIds }, _args, { loaders }) =>
        Promise.all(
          eventIds.map((id) => required(loaders.event.load({ paperId, eventId: digestOf(id) }), "event")),
        ),
    }),
  }),
});

builder.objectField(PaperObject, "equivocations", (t) =>
  t.field({
    type: [EquivocationObject],
    description: "The equivocations in the paper's history. Usually empty.",
    resolve: reads(["paperId", "pithNumber", "equivocationCount"], async (paper, _args, context) => {
      if (paper.equivocationCount === 0) return [];
      const { equivocations } = await mergedState(paper, context);
      return equivocations.map((equivocation) => ({ ...equivocation, paperId: paper.paperId }));
    }),
  }),
);

type Verdict = { readonly id: string; readonly members: JsonObject; readonly paperId: bigint };

const VerdictObject = builder.objectRef<Verdict>("Verdict").implement({
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
    resolve: reads(["paperId", "verdict"], ({ paperId, verdict }) =>
      verdict === null ? null : readVerdict(paperId, verdict),
    ),
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
