import { isPithNumber } from "../protocol/index.ts";
import { paperIdOf } from "../store/ids.ts";
import { builder } from "./builder.ts";
import { ClaimKindEnum } from "./enums.ts";
import { type ClaimKindOrOther, claimKinds } from "./loaders/claims.ts";
import { ClaimObject, PaperObject, ProvenanceObject } from "./objects.ts";
import { provenanceOf } from "./provenance.ts";
import { required } from "./required.ts";

builder.node(ClaimObject, {
  description: "A claim of a paper, as its current snapshot lists it.",
  id: {
    description: "The claim's place in its paper: the Pith number and its number in the list.",
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
    claimId: t.exposeString("claimId", { description: "The claim's id within its paper: `C1`." }),
    kind: t.field({
      type: ClaimKindEnum,
      description: "Its role in the paper; OTHER for kinds that have no name here.",
      resolve: ({ kind }): ClaimKindOrOther => claimKinds.find((known) => known === kind) ?? "other",
    }),
    text: t.exposeString("text", { description: "The claim itself." }),
    status: t.exposeString("status", { description: "How it came about: `machine_extracted`, …" }),
    attestation: t.exposeString("attestation", {
      description: "Whether an author stands to it: `unclaimed`, …",
    }),
    source: t.exposeString("source", {
      nullable: true,
      description: "The part of the snapshot it was taken from: `verdict.strongest_claim`.",
    }),
    paper: t.field({
      type: PaperObject,
      description: "The paper that makes the claim.",
      resolve: ({ paperId }, _args, { loaders }) => required(loaders.paper.get(paperId), "paper"),
    }),
    provenance: t.field({
      type: ProvenanceObject,
      description: "Who says that the paper claims this: the signer of its current snapshot.",
      resolve: ({ paperId }, _args, context) => provenanceOf(paperId, context),
    }),
  }),
});
