import { fingerprintOf, type Instant, type Keyring, registryKey } from "../protocol/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { paperColumns, required, type SignerRow } from "./loaders/index.ts";
import {
  EventObject,
  PaperObject,
  ProvenanceObject,
  type ProvenanceRow,
  SignerObject,
  VerificationObject,
} from "./objects.ts";
import { ProofEnum, SignerOriginEnum } from "./scalars-and-enums.ts";
import { reads } from "./selected-columns.ts";

/** How this mirror knows a signer's key. */
type SignerOrigin = "registry" | "configured" | "sample" | "unknown";

/** The key of sample/keyring.json. Its private key is published, so it is never more than a demo. */
export const sampleKeyFingerprint = "26a6ed5d67f72c646dc1433742e4fcd5";

const registryFingerprint = fingerprintOf(Buffer.from(registryKey.public_key_b64, "base64"));

function signerOriginOf(fingerprint: string, keyring: Keyring): SignerOrigin {
  if (fingerprint === sampleKeyFingerprint) return "sample";
  if (fingerprint === registryFingerprint) return "registry";
  return keyring.has(fingerprint) ? "configured" : "unknown";
}

builder.node(SignerObject, {
  description:
    "A signer of events, identified by its key. Keys are trusted by configuration, never by a document.",
  id: {
    description: "The global id, derived from the fingerprint.",
    resolve: ({ fingerprint }) => fingerprint,
  },
  loadMany: (ids, context) => Promise.all(ids.map((id) => signerOf(id, context))),
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
      resolve: ({ fingerprint }, _args, { keyring }) => signerOriginOf(fingerprint, keyring),
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

/** Only 32 hex digits name a signer; PostgreSQL would reject some other texts. */
async function signerOf(fingerprint: string, { loaders }: Context): Promise<SignerRow | null> {
  return /^[0-9a-f]{32}$/.test(fingerprint) ? loaders.signer.load(fingerprint) : null;
}

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
    resolve: (_root, { fingerprint }, context) => signerOf(fingerprint, context),
  }),
  signers: t.field({
    type: [SignerObject],
    description: "Lists all signers of accepted events, sorted by fingerprint.",
    resolve: (_root, _args, { loaders }) => loaders.allSigners(),
  }),
}));

ProvenanceObject.implement({
  description: "Who asserts something, and how far that is proved.",
  fields: (t) => ({
    event: t.field({
      type: EventObject,
      description: "The event that asserts it: the paper's current snapshot or record.",
      resolve: ({ event }) => event,
    }),
    signer: t.field({
      type: SignerObject,
      description: "The signer of the event.",
      resolve: ({ event }, _args, { loaders }) => required(loaders.signer.get(event.fingerprint), "signer"),
    }),
    proof: t.expose("proof", {
      type: ProofEnum,
      description:
        "How far the assertion is proved. Same as `event.effectiveProof`, which may be stronger than `event.proof`.",
    }),
  }),
});

const snapshotOfPaper = paperColumns.of("snapshotEventId");

/** The provenance of a row of a paper's current snapshot: a claim or a reference. */
export async function provenanceOf(paperId: bigint, context: Context): Promise<ProvenanceRow> {
  const { snapshotEventId } = await required(
    context.loaders.paper.for(snapshotOfPaper).get(paperId),
    "paper",
  );
  const provenance = await eventProvenance(paperId, snapshotEventId, context);
  if (provenance === null) throw new Error("A paper without a snapshot has claims or references.");
  return provenance;
}

async function eventProvenance(
  paperId: bigint,
  eventId: string | null,
  { loaders }: Context,
): Promise<ProvenanceRow | null> {
  if (eventId === null) return null;
  const event = await required(loaders.event.get({ paperId, eventId }), "event");
  return { event, proof: event.standing };
}

builder.objectFields(PaperObject, (t) => ({
  recordProvenance: t.field({
    type: ProvenanceObject,
    nullable: true,
    description:
      "Who asserts the canonical record: source, submission date and categories. Returns null if no event states the record, so " +
      "that only its hash proves it.",
    resolve: reads(["paperId", "recordEventId"], ({ paperId, recordEventId }, _args, context) =>
      eventProvenance(paperId, recordEventId, context),
    ),
  }),
  snapshotProvenance: t.field({
    type: ProvenanceObject,
    nullable: true,
    description:
      "Who asserts the current snapshot: title, authors, abstract, headline, verdict, claims and references. Returns null if no " +
      "snapshot is stored; null or empty values of these fields then mean unknown.",
    resolve: reads(["paperId", "snapshotEventId"], ({ paperId, snapshotEventId }, _args, context) =>
      eventProvenance(paperId, snapshotEventId, context),
    ),
  }),
}));

builder.objectField(VerificationObject, "signer", (t) =>
  t.field({
    type: SignerObject,
    nullable: true,
    description:
      "The signer whose statement `proof` is about: that of the current snapshot, otherwise of the record. Returns null if no " +
      "event states either.",
    resolve: reads(
      ["paperId", "snapshotEventId", "recordEventId"],
      async ({ paperId, snapshotEventId, recordEventId }, _args, context) => {
        const provenance = await eventProvenance(paperId, snapshotEventId ?? recordEventId, context);
        return provenance === null
          ? null
          : required(context.loaders.signer.get(provenance.event.fingerprint), "signer");
      },
    ),
  }),
);
