import { SignerObject } from "./objects.ts";

SignerObject.implement({
  description:
    "Who signs: a key of this mirror's keyring. Keys are trusted by configuration, never by a document.",
  fields: (t) => ({
    keyId: t.exposeString("keyId", { description: "The key's name: `pith-v1-2026-05`." }),
    fingerprint: t.exposeString("fingerprint", {
      description: "The first 32 hex digits of SHA-256 over the raw public key.",
    }),
    signerId: t.exposeString("signerId", { description: "Whose key it is: `pith.science`." }),
    signerType: t.exposeString("signerType", { description: "`pith_registry`, …" }),
  }),
});
