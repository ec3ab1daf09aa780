import { createHash, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, renameSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  canonicalTextSha256,
  createKeyring,
  type JsonObject,
  type KeyringEntry,
  registryKey,
  sha256OfValue,
  suffixOfDigest,
} from "../src/protocol/index.ts";
import { readHepTh } from "../src/sample/index.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

/** The key that signs the corpus. Its secret is the hash of a text, so that it proves nothing. */
const secret = createHash("sha256").update("pith-graph bench key").digest();
const privateKey: KeyObject = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), secret]),
  format: "der",
  type: "pkcs8",
});

export const benchKey: KeyringEntry = {
  key_id: "bench",
  signer_id: "bench.invalid",
  signer_type: "bench",
  public_key_b64: publicKeyOf(privateKey),
  event_types: [...registryKey.event_types],
};

function publicKeyOf(key: KeyObject): string {
  const { x } = createPublicJwk(key);
  return Buffer.from(x, "base64url").toString("base64");
}

function createPublicJwk(key: KeyObject): { x: string } {
  return key.export({ format: "jwk" }) as { x: string };
}

const [trusted] = createKeyring([benchKey]).values();
const signer = {
  key_id: benchKey.key_id,
  public_key_fingerprint: trusted?.fingerprint ?? "",
  signer_id: benchKey.signer_id,
  signer_type: benchKey.signer_type,
};

function signHex(hex: string): string {
  return sign(null, Buffer.from(hex, "hex"), privateKey).toString("base64");
}

/** The papers of hep-th with their references, those of 2000 to 2003 first, which cite the most. */
export function readCitations(): Map<string, readonly string[]> {
  const papers = readHepTh().sort((a, b) => (a.arxivId < b.arxivId ? -1 : 1));
  return new Map(papers.map(({ arxivId, references }) => [arxivId, references]));
}

/** The number of papers of hep-th. */
const paperCount = 27_770;

/** A signed bundle of a paper, with three signatures, four claims and all its references. */
export function bundleOf(id: string, references: readonly string[], version: number): JsonObject {
  const title = `The paper ${id}`;
  const year = Number(id.slice(7, 9)) >= 91 ? `19${id.slice(7, 9)}` : `20${id.slice(7, 9)}`;
  const record = {
    metadata: {
      abstract_canon_sha256: canonicalTextSha256(`An abstract of ${id}.`),
      cross_cats_sorted: [],
      license: "http://arxiv.org/licenses/assumed-1991-2003/",
      primary_cat: "hep-th",
      submitted_at: `${year}-${id.slice(9, 11)}-01T00:00:00Z`,
      title_canon_sha256: canonicalTextSha256(title),
    },
    schema_version: "1.0",
    source: { id, kind: "arxiv", version },
  };
  const digest = sha256OfValue(record);
  const suffix = suffixOfDigest(digest);
  const pithNumber = `pith:${year}:${suffix}`;
  const event = (type: string, target: string, payload: JsonObject): JsonObject => {
    const body = {
      created_at: "2026-01-01T00:00:00Z",
      event_type: type,
      payload,
      prev_event: null,
      schema_version: "1.0",
      signer,
      subject_pith_number: pithNumber,
      supersedes: [],
      target,
    };
    const eventId = sha256OfValue(body);
    const signature = {
      algorithm: "ed25519",
      key_id: signer.key_id,
      signature_b64: signHex(eventId),
      signed_message: "event_sha256_bytes",
    };
    return { ...body, event_id: `sha256:${eventId}`, signature };
  };
  const alias = (kind: string, value: string) => ({
    alias_kind: kind,
    alias_value: value,
    created_at: "2026-01-01T00:00:00Z",
  });
  return {
    bundle_type: "pith_open_graph_bundle",
    bundle_version: "1.0",
    canonical_record: record,
    canonical_sha256: digest,
    events: [
      event("record_created", "record", {
        attestation_state: "computed",
        canonical_record: record,
        canonical_sha256: digest,
        receipt: {
          algorithm: "ed25519",
          canonical_sha256: digest,
          key_id: signer.key_id,
          kind: "pith_receipt",
          public_key_fingerprint: signer.public_key_fingerprint,
          receipt_version: "0.3",
          signature_b64: signHex(digest),
          signed_message: "canonical_sha256_bytes",
        },
      }),
      event("graph_snapshot", "graph", { graph_snapshot: snapshotOf(id, title, references) }),
    ],
    pith_number: pithNumber,
    short_pith_number: `pith:${suffix.slice(0, 8)}`,
    source: record.source,
    source_aliases: [
      alias("arxiv", id),
      alias("arxiv_version", `${id}v${version}`),
      alias("doi", `10.48550/arxiv.${id}`),
      ...[8, 12, 16].map((length) => alias(`pith_short_${length}`, suffix.slice(0, length))),
    ],
  };
}

const beginnings = "bar cor del fen gal hom jur kel lim mon nor pel quo ras sim tor".split(" ");
const endings = "ade bos cil dum ept fir gon hys ion kos lia mur nex oid pol ric".split(" ");

/** 256 artificial words to search for in claims. No word is part of another. */
export const words: readonly string[] = beginnings.flatMap((beginning) =>
  endings.map((ending) => beginning + ending),
);

/** The word of a claim, chosen by a hash, so that claims with the same word are spread. */
function wordOf(text: string): string {
  return words[createHash("sha256").update(text).digest().readUInt16BE() % words.length] ?? "";
}

const claimKinds = ["strongest_claim", "weakest_assumption", "one_line_summary", "headline"];

function snapshotOf(id: string, title: string, references: readonly string[]): JsonObject {
  const items = claimKinds.map((kind, index) => ({
    attestation: "unclaimed",
    claim_id: `C${index + 1}`,
    kind,
    source: `verdict.${kind}`,
    status: "machine_extracted",
    text: `What ${id} says of ${wordOf(id + kind)}, in one sentence that is about as long as such sentences are (${kind}).`,
  }));
  const sample = references.map((cited, index) => ({
    cited_arxiv_id: cited,
    doi: "",
    is_internal_anchor: true,
    ref_index: index + 1,
    title: `The paper ${cited}`,
    work_id: uuidOf(cited),
    year: null,
  }));
  return {
    claims: { count: items.length, items, snapshot_sha256: sha256OfValue({ payload: items }) },
    paper: { abstract_excerpt: `An abstract of ${id}.`, authors_text: "A. Author, B. Author", title },
    references: {
      count: sample.length,
      internal_anchors: sample.length,
      resolved_work: sample.length,
      sample,
      snapshot_sha256: sha256OfValue({ payload: sample }),
    },
  };
}

function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * hep-th, or some of its papers, as signed bundles, one a line, in a file that is made once and cached in `.bench/`.
 * Each version is another paper of the same work.
 */
export async function corpusFile(
  versions: readonly number[],
  papers: ReadonlyMap<string, readonly string[]> = readCitations(),
): Promise<string> {
  mkdirSync(`${root}../.bench`, { recursive: true });
  const span = versions.length === 1 ? `v${versions[0]}` : `v${versions[0]}-${versions.at(-1)}`;
  const name = papers.size === paperCount ? span : `${span}-of-${papers.size}`;
  // The 3 is the version of the corpus, so that older files are not used.
  const path = fileURLToPath(new URL(`../.bench/hep-th-3-${name}.ndjson`, import.meta.url));
  if (existsSync(path)) return path;
  console.log(`Making ${name === "v1" ? "the corpus" : `the corpus of ${name}`} …`);
  const out = createWriteStream(`${path}.part`);
  for (const version of versions) {
    for (const [id, references] of papers) {
      if (!out.write(`${JSON.stringify(bundleOf(id, references, version))}\n`)) await once(out, "drain");
    }
  }
  out.end();
  await once(out, "close");
  renameSync(`${path}.part`, path);
  return path;
}

/** A signature of the bench's key with the key as in a JWK, for verification alone. */
export function signedDigest(): { x: string; digest: string; signature: string } {
  const digest = createHash("sha256").update("pith-graph bench").digest("hex");
  return { x: createPublicJwk(privateKey).x, digest, signature: signHex(digest) };
}
