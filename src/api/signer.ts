import type { Instant } from "../protocol/index.ts";
import { builder } from "./builder.ts";
import { SignerOriginEnum } from "./enums.ts";
import { SignerObject } from "./objects.ts";
import { originOf } from "./signer-origin.ts";

builder.node(SignerObject, {
  description:
    "A signer of events, identified by its key. Keys are trusted by configuration, never by a document.",
  id: {
    description: "The global id, derived from the fingerprint.",
    resolve: ({ fingerprint }) => fingerprint,
  },
  loadMany: (ids, { loaders }) => loaders.signer.getMany([...ids]),
  fields: (t) => ({
    keyId: t.exposeString("keyId", { description: "The name of the key, such as `pith-v1-2026-05`." }),
    fingerprint: t.exposeString("fingerprint", {
      description: "The first 32 hex digits of the SHA-256 of the raw public key.",
    }),
    signerId: t.exposeString("signerId", { description: "The owner of the key, such as `pith.science`." }),
    signerType: t.exposeString("signerType", {
      description: "The kind of signer, such as `pith_registry`.",
    }),
    origin: t.field({
      type: SignerOriginEnum,
      description: "How this mirror came to trust the key.",
      resolve: ({ fingerprint }, _args, { keyring }) => originOf(fingerprint, keyring),
    }),
    publicKey: t.string({
      nullable: true,
      description:
        "The raw Ed25519 public key in base64. Returns null if the key is no longer in this mirror's keyring.",
      resolve: ({ fingerprint }, _args, { keyring }) => keyring.get(fingerprint)?.publicKeyBase64 ?? null,
    }),
    validFrom: t.field({
      type: "DateTime",
      nullable: true,
      description: "The first instant at which the key is valid. Returns null if unlimited or unknown.",
      resolve: ({ fingerprint }, _args, { keyring }) => timeOf(keyring.get(fingerprint)?.validFrom),
    }),
    validUntil: t.field({
      type: "DateTime",
      nullable: true,
      description:
        "The first instant at which the key is no longer valid. Returns null if unlimited or unknown.",
      resolve: ({ fingerprint }, _args, { keyring }) => timeOf(keyring.get(fingerprint)?.validUntil),
    }),
  }),
});

function timeOf(instant: Instant | null | undefined): string | null {
  return instant === null || instant === undefined ? null : `${instant}Z`;
}

builder.queryFields((t) => ({
  signer: t.field({
    type: SignerObject,
    nullable: true,
    description: "Looks up a signer. Returns null if no accepted event is from this signer.",
    args: {
      fingerprint: t.arg.string({ required: true, description: "The fingerprint of the signer's key." }),
    },
    resolve: (_root, { fingerprint }, { loaders }) => loaders.signer.load(fingerprint),
  }),
  signers: t.field({
    type: [SignerObject],
    description: "Lists all signers of accepted events, sorted by fingerprint.",
    resolve: (_root, _args, { loaders }) => loaders.allSigners(),
  }),
}));
