import { isPithNumber } from "../protocol/index.ts";
import { paperIdOf } from "../store/ids.ts";
import { builder } from "./builder.ts";
import { ClaimKindEnum } from "./enums.ts";
import { type ClaimKindOrOther, claimKinds } from "./loaders/claims.ts";
import { ClaimObject, PaperObject, ProvenanceObject } from "./objects.ts";
import { provenanceOf } from "./provenance.ts";
import { required } from "./required.ts";

builder.node(ClaimObject, {
  description: "A claim of a paper, as listed in the paper's current snapshot.",
  id: {
    description: "The global id, derived from the Pith number and the position in the list.",
    resolve: async ({ paperId, ordinal }, _args, { loaders }) => {
      const { pithNumber } = await required(loaders.paper.get(paperId), "paper");
      return `${pithNumber}#${ordinal}`;
    },
  },
  loadMany: (ids, { loaders }) =>
    Promise.all(
      ids.map(async (id) => {
        const [, pithNumber, ordinal] = /^([^#]*)#(0|[1-9]\d{0,8})$/.exec(id) ?? [];
        if (!isPithNumber(pithNumber)) return null;
        return loaders.claim.load({ paperId: paperIdOf(pithNumber), ordinal: Number(ordinal) });
      }),
    ),
  fields: (t) => ({
    claimId: t.exposeString("claimId", { description: "The claim's id within its paper, such as `C1`." }),
    kind: t.field({
      type: ClaimKindEnum,
      description: "The claim's role in the paper.",
      resolve: ({ kind }): ClaimKindOrOther => claimKinds.find((known) => known === kind) ?? "other",
    }),
    text: t.exposeString("text", { description: "The text of the claim." }),
    status: t.exposeString("status", {
      description: "How the claim was obtained, such as `machine_extracted`.",
    }),
    attestation: t.exposeString("attestation", {
      description: "Whether an author has confirmed the claim, such as `unclaimed`.",
    }),
    source: t.exposeString("source", {
      nullable: true,
      description:
        "The part of the snapshot that the claim was taken from, such as `verdict.strongest_claim`. Returns null if unknown.",
    }),
    paper: t.field({
      type: PaperObject,
      description: "The paper that makes the claim.",
      resolve: ({ paperId }, _args, { loaders }) => required(loaders.paper.get(paperId), "paper"),
    }),
    provenance: t.field({
      type: ProvenanceObject,
      description: "Who asserts that the paper makes this claim.",
      resolve: ({ paperId }, _args, context) => provenanceOf(paperId, context),
    }),
  }),
});
