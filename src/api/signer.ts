import { SignerOriginEnum } from "./enums.ts";
import { SignerObject } from "./objects.ts";
import { originOf } from "./signer-origin.ts";

SignerObject.implement({
  description:
    "A signer and its key. Keys are trusted by configuration, never by a document; `origin` tells where from.",
  fields: (t) => ({
    keyId: t.exposeString("keyId", { description: "The key's name: `pith-v1-2026-05`." }),
    fingerprint: t.exposeString("fingerprint", {
      description: "The first 32 hex digits of SHA-256 over the raw public key.",
    }),
    signerId: t.exposeString("signerId", { description: "Whose key it is: `pith.science`." }),
    signerType: t.exposeString("signerType", { description: "`pith_registry`, …" }),
    origin: t.field({
      type: SignerOriginEnum,
      description:
        "Where this mirror knows the key from: built in, configured, the sample's, or no longer trusted.",
      resolve: ({ fingerprint }, _args, { keyring }) => originOf(fingerprint, keyring),
    }),
  }),
});
