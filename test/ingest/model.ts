import {
  type AcceptedEvent,
  type CheckResult,
  canonicalJson,
  canonicalTextSha256,
  checkPublishedState,
  cryptography,
  type DocumentVerification,
  type EventId,
  type EventType,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Keyring,
  type MergedEvent,
  type MergedState,
  mergeVerified,
  type PithNumber,
  type Proof,
  parseAlias,
  parseDocument,
  parseJson,
  parseWorkName,
  proofs,
  sha256OfValue,
  verifyDocument,
} from "../../src/protocol/index.ts";

import { type IdentifierKind, identifierIdOf, paperIdOf, workIdOf } from "../../src/row-rules/index.ts";
import { parseName, readableText } from "../../src/text/index.ts";
import { type Row, sorted, type Tables, tableNames } from "./tables.ts";
import type { WorldDocument } from "./world.ts";

/*
 * The expected contents of the tables, computed from all accepted documents at once. It follows the comments of
 * src/store/tables and decision 5 of the design, and shares no code with src/ingest.
 */

/** `names`: the tables to return. */
export function modelOf(
  documents: readonly WorldDocument[],
  keyring: Keyring,
  names: readonly string[] = tableNames,
): Tables {
  const subjects = subjectsOf(documents, keyring);
  const papers = subjects.flatMap((subject) => paperOf(subject) ?? []);
  const graph = graphOf(papers);
  const tables: Tables = {
    records: subjects.map((subject) => ({
      paper_id: idText(paperIdOf(subject.pithNumber)),
      pith_number: subject.pithNumber,
      record: subject.bundleRecord,
      state_sha256: subject.state.sha256,
      log_checksum: logChecksum(subject),
      aliases: aliasesText(subject),
    })),
    events: subjects.flatMap(eventRows),
    published_states: subjects.flatMap(({ pithNumber, published }) =>
      [...published].map(([sha256, result]) => ({
        paper_id: idText(paperIdOf(pithNumber)),
        state_sha256: sha256,
        result,
      })),
    ),
    papers: papers.map(({ row, workKey }) => ({ ...row, work_id: idText(workIdOf(workKey)) })),
    paper_keys: subjects.flatMap(keyRows),
    claims: papers.flatMap(({ claims }) => claims),
    signers: signerRows(subjects),
    feed: feedRows(subjects),
    ...graph,
  };
  return sorted({ ...tables, totals: totalRows(subjects, tables) }, names);
}

// ---- Papers

type Subject = {
  readonly pithNumber: PithNumber;
  readonly documents: readonly DocumentVerification[];
  readonly state: MergedState;
  readonly published: ReadonlyMap<string, CheckResult>;
  /** Canonical text. */
  readonly bundleRecord: string | null;
};

function subjectsOf(documents: readonly WorldDocument[], keyring: Keyring): Subject[] {
  const parsed = documents.map(({ text, minimumProof }) => ({ parsed: parseDocument(text), minimumProof }));
  const numbers = [...new Set(parsed.map(({ parsed }) => parsed.pithNumber))];
  return numbers.map((pithNumber) => {
    const own = parsed.filter(({ parsed }) => parsed.pithNumber === pithNumber);
    const judged = own.map(({ parsed, minimumProof }) => verifyDocument(parsed, keyring, minimumProof));
    const published = new Map<string, CheckResult>();
    for (const { parsed } of own) {
      const result = checkPublishedState(parsed, keyring);
      if (result !== null && parsed.published !== undefined) published.set(parsed.published.sha256, result);
    }
    return {
      pithNumber,
      documents: judged,
      state: mergeVerified(pithNumber, judged),
      published,
      bundleRecord: own.map(({ parsed }) => parsed.record?.text).find((text) => text !== undefined) ?? null,
    };
  });
}

type Reference = {
  readonly paper: Paper;
  readonly ordinal: number;
  readonly item: JsonObject;
  readonly arxiv: string | null;
  readonly doi: string | null;
  readonly uuid: string | null;
};

type Paper = {
  readonly row: Row;
  readonly pithNumber: PithNumber;
  readonly workKey: string;
  readonly proof: Proof;
  readonly claims: readonly Row[];
  readonly references: readonly Reference[];
};

function rank(proof: Proof): number {
  return proofs.indexOf(proof);
}

function idText(id: bigint): string {
  return id.toString();
}

function object(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** A non-empty text, as PostgreSQL can store it; else null. */
function text(value: JsonValue | undefined): string | null {
  return typeof value === "string" && value !== "" ? value.split("\u0000").join("\ufffd") : null;
}

/** The part of a text that is indexed: its first 500 UTF-16 units. */
function cutOff(value: string | null): string | null {
  return value === null ? null : value.slice(0, 500).toWellFormed();
}

/** As the text is displayed. test/text tests how TeX is read. */
function shown(value: JsonValue | undefined): string | null {
  const readable = readableText(text(value) ?? "");
  return readable === "" ? null : readable;
}

function texts(value: JsonValue | undefined): string[] {
  return list(value)
    .filter((item) => typeof item === "string")
    .map((item) => item.split("\u0000").join("\ufffd"));
}

/** A whole number from 0 to 2³¹ − 1, which GraphQL's Int can express; else null. */
function count(value: JsonValue | undefined): string | null {
  if (typeof value !== "number" && typeof value !== "bigint") return null;
  return value >= 0 && value < 2 ** 31 ? String(value) : null;
}

function recordOf({ state, bundleRecord }: Subject): JsonObject | null {
  if (state.canonicalRecord !== null) return state.canonicalRecord;
  const record = bundleRecord === null ? null : parseJson(bundleRecord);
  return isJsonObject(record ?? undefined) ? (record as JsonObject) : null;
}

/** One row for each paper with a known canonical record and at least one stored event. */
function paperOf(subject: Subject): Paper | null {
  const { pithNumber, state } = subject;
  const record = recordOf(subject);
  if (record === null || state.events.size === 0) return null;
  const metadata = object(record["metadata"]);
  const source = object(record["source"]);

  // Of the current snapshots the last of those with the highest effective proof.
  const snapshots = [...(state.current.get("graph_snapshot") ?? [])];
  const highest = Math.max(...snapshots.map(({ standing }) => rank(standing)));
  const current = snapshots.filter(({ standing }) => rank(standing) === highest).at(-1) ?? null;
  const snapshot = object(current?.event.payload["graph_snapshot"]);
  const member = object(snapshot["paper"]);
  const part = object(snapshot["references"]);

  const recordStanding = state.recordCreated?.standing ?? "hash";
  const proof = current?.standing ?? recordStanding;
  const arxivId = source["kind"] === "arxiv" && typeof source["id"] === "string" ? source["id"] : null;
  const arxiv = arxivId !== null && recordStanding !== "hash" ? arxivOf(arxivId) : null;
  const workKey = arxiv === null ? `pith:${pithNumber}` : `arxiv:${arxiv}`;
  const claims = claimRows(pithNumber, snapshot);
  const references: Reference[] = [];
  const receipt = state.recordCreated?.event.payload["receipt"];
  const row: Row = {
    paper_id: idText(paperIdOf(pithNumber)),
    pith_number: pithNumber,
    canonical_sha256: sha256OfValue(record),
    source_kind: text(source["kind"]) ?? "",
    source_id: text(source["id"]) ?? "",
    source_version: count(source["version"]),
    // The papers of these tests are always submitted at full seconds.
    submitted_at: `${String(metadata["submitted_at"]).slice(0, 19)}.000000Z`,
    license: text(metadata["license"]) ?? text(member["license"]),
    primary_category: cutOff(text(metadata["primary_cat"]) ?? text(member["primary_cat"])),
    cross_categories: JSON.stringify(texts(metadata["cross_cats_sorted"]).map(cutOff)),
    title: shown(member["title"]),
    authors: JSON.stringify(
      typeof member["authors_text"] === "string"
        ? ["A. Author", "B. Author", "C. Author"]
        : texts(member["authors"]).flatMap((name) => parseName(name)?.text ?? []),
    ),
    abstract_excerpt: shown(member["abstract_excerpt"]),
    headline: shown(member["headline"]),
    verdict: isJsonObject(snapshot["verdict"]) ? canonicalJson(snapshot["verdict"]) : null,
    record_event_id: state.recordCreated?.event.id.slice("sha256:".length) ?? null,
    snapshot_event_id: current?.event.id.slice("sha256:".length) ?? null,
    record_standing: recordStanding,
    proof,
    claim_count: String(claims.length),
    references_asserted: count(part["count"]),
    resolved_works_asserted: count(part["resolved_work"]),
    internal_anchors_asserted: count(part["internal_anchors"]),
    references_known: String(list(part["sample"]).filter(isJsonObject).length),
    internal_anchors_known: String(
      list(part["sample"]).filter((item) => object(item)["is_internal_anchor"] === true).length,
    ),
    state_sha256: state.sha256,
    event_count: String(state.events.size),
    valid_event_count: String(state.validCount),
    equivocation_count: String(state.equivocations.length),
    record_hash:
      state.recordCreated === null && hasInvalid(state, "record_created", "RECORD_HASH_MISMATCH")
        ? "FAILED"
        : "PASSED",
    receipt:
      state.recordCreated === null || receipt === null || receipt === undefined ? "NOT_CHECKABLE" : "PASSED",
    title_binding: titleBinding(member["title"], metadata["title_canon_sha256"]),
    claims_hash: current === null ? withoutSnapshot(state) : "PASSED",
    references_hash:
      current === null
        ? withoutSnapshot(state)
        : part["count"] === list(part["sample"]).length
          ? "PASSED"
          : "NOT_CHECKABLE",
    published_state_hash: publishedHash([...subject.published.values()]),
  };
  const paper = { row, pithNumber, workKey, proof, claims, references };
  for (const [ordinal, item] of list(part["sample"]).entries()) {
    if (isJsonObject(item)) references.push(referenceOf(paper, ordinal, item));
  }
  return paper;
}

function hasInvalid({ events }: MergedState, type: EventType, reason: string): boolean {
  return [...events.values()].some((entry) => entry.event.type === type && entry.reason === reason);
}

function withoutSnapshot(state: MergedState): CheckResult {
  return hasInvalid(state, "graph_snapshot", "SNAPSHOT_HASH_MISMATCH") ? "FAILED" : "NOT_CHECKABLE";
}

function titleBinding(title: JsonValue | undefined, digest: JsonValue | undefined): CheckResult {
  if (typeof title !== "string" || typeof digest !== "string") return "NOT_CHECKABLE";
  return canonicalTextSha256(title) === digest ? "PASSED" : "FAILED";
}

function publishedHash(results: readonly CheckResult[]): CheckResult {
  if (results.includes("FAILED")) return "FAILED";
  return results.length > 0 && results.every((result) => result === "PASSED") ? "PASSED" : "NOT_CHECKABLE";
}

function claimRows(pithNumber: PithNumber, snapshot: JsonObject): Row[] {
  const items = list(object(snapshot["claims"])["items"]);
  return items.flatMap((item, ordinal) => {
    if (!isJsonObject(item) || typeof item["text"] !== "string") return [];
    return {
      paper_id: idText(paperIdOf(pithNumber)),
      ordinal: String(ordinal),
      claim_id: text(item["claim_id"]) ?? "",
      kind: text(item["kind"]) ?? "",
      text: text(item["text"]) ?? "",
      status: text(item["status"]) ?? "",
      attestation: text(item["attestation"]) ?? "",
      source: text(item["source"]),
    };
  });
}

/** `pith:` and eight characters, `arxiv:` and the id without its version, `doi:` and the DOI in lower case. */
function keyRows(subject: Subject): Row[] {
  const { pithNumber, state } = subject;
  const keys = new Set([`pith:${pithNumber.slice(10, 18)}`]);
  const add = (text: string) => {
    const name = parseWorkName(text);
    if (name !== null) keys.add(name.kind === "arxiv" ? `arxiv:${name.id}` : `doi:${name.doi}`);
  };
  const source = object(recordOf(subject)?.["source"]);
  if (source["kind"] === "arxiv" && typeof source["id"] === "string") {
    add(source["id"]);
  }
  for (const { kind, value } of state.aliases) {
    if (["arxiv", "arxiv_version", "doi"].includes(kind)) add(value);
  }
  return [...keys].map((key) => ({ key, paper_id: idText(paperIdOf(pithNumber)) }));
}

// ---- The log

function eventRows({ pithNumber, documents, state }: Subject): Row[] {
  const copies = documents.flatMap(({ events }) => events);
  return [...state.events.values()].map(({ event, standing, status, reason }) => {
    const own = copies.filter(({ id }) => id === event.id);
    return {
      paper_id: idText(paperIdOf(pithNumber)),
      event_id: event.id.slice("sha256:".length),
      body: event.text,
      signature: smallestSignature(own),
      proof: own.map(({ proof }) => proof).sort((a, b) => rank(b) - rank(a))[0] ?? null,
      fault: event.fault,
      type: cutOff(text(event.type)) ?? "",
      created_at: `${event.instant}Z`,
      fingerprint: event.signer.public_key_fingerprint,
      standing,
      status,
      reason,
      depth: String(status === "invalid" ? 0 : depthOf(event.id, state)),
    };
  });
}

/** The depth of a valid event: all events that it links to are valid and in the set. */
function depthOf(id: EventId, { events }: Subject["state"]): number {
  const { prevEvent, supersedes } = (events.get(id) as MergedEvent).event;
  const links = prevEvent === null ? supersedes : [prevEvent, ...supersedes];
  return Math.max(0, ...links.map((link) => 1 + depthOf(link, { events } as Subject["state"])));
}

/** The sum of the hashes of the paper's events, with their proofs and faults. */
function logChecksum(subject: Subject): string {
  const sum = eventRows(subject)
    .map(({ event_id, proof, fault }) => cryptography.sha256Text(`${event_id} ${proof} ${fault ?? ""}`))
    .reduce((total, hash) => (total + BigInt(`0x${hash}`)) % (1n << 256n), 0n);
  return sum.toString(16).padStart(64, "0");
}

function smallestSignature(copies: readonly AcceptedEvent[]): string | null {
  const signatures = copies.flatMap(({ signature }) => (signature === null ? [] : canonicalJson(signature)));
  return signatures.sort()[0] ?? null;
}

/** The earliest alias of each kind and value among those of the documents, and those that the merge derived. */
function aliasesText({ documents, state }: Subject): string {
  const rows = new Map<string, (string | boolean)[]>();
  const instants = new Map<string, string>();
  for (const brought of documents.flatMap(({ aliases }) => aliases)) {
    const alias = parseAlias(brought);
    if (alias === null) continue;
    const { kind, value, createdAt } = alias;
    const key = canonicalJson([kind, value]).slice(1, -1);
    const time = `${alias.instant} ${createdAt}`;
    if (time >= (instants.get(key) ?? "~")) continue;
    instants.set(key, time);
    const isListed = state.aliases.some((other) => other.kind === kind && other.value === value);
    rows.set(key, [kind, value, createdAt, true, isListed]);
  }
  for (const { kind, value, createdAt } of state.aliases) {
    const key = canonicalJson([kind, value]).slice(1, -1);
    if (!rows.has(key)) rows.set(key, [kind, value, createdAt, false, true]);
  }
  const sorted = [...rows].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return canonicalJson(sorted.map(([, cells]) => cells));
}

function signerRows(subjects: readonly Subject[]): Row[] {
  const events = subjects.flatMap(({ state }) => [...state.events.values()]);
  const signers = new Map(events.map(({ event: { signer } }) => [signer.public_key_fingerprint, signer]));
  return [...signers].map(([fingerprint, signer]) => ({
    fingerprint,
    key_id: signer.key_id,
    signer_id: signer.signer_id,
    signer_type: signer.signer_type,
  }));
}

/** The sum of a hash of each paper's state. It is not part of PROTOCOL.md but of this mirror. */
function feedRows(subjects: readonly Subject[]): Row[] {
  if (subjects.length === 0) return [];
  const shares = subjects.map(({ pithNumber, state }) =>
    BigInt(`0x${cryptography.sha256Text(`${pithNumber} ${state.sha256}`)}`),
  );
  const sum = BigInt.asUintN(
    256,
    shares.reduce((a, b) => a + b, 0n),
  );
  return [{ checksum: sum.toString(16).padStart(64, "0") }];
}

function totalRows(subjects: readonly Subject[], tables: Tables): Row[] {
  if (subjects.length === 0) return [];
  const size = (table: string) => tables[table]?.length ?? 0;
  const invalid = subjects.map(({ state }) => state.events.size - state.validCount);
  const totals: [string, number][] = [
    ["papers", size("papers")],
    ["works", size("works")],
    ["claims", size("claims")],
    ["citations", size("citations")],
    ["events", size("events")],
    ["invalid_events", invalid.reduce((sum, number) => sum + number, 0)],
    // Positions have no gaps.
    ...(size("events") > 0 ? [["position", size("events")] satisfies [string, number]] : []),
  ];
  return totals.map(([name, value]) => ({ name, value: String(value) }));
}

// ---- Works

/** The arXiv id in a text. test/protocol tests how names are read. */
function arxivOf(text: JsonValue | undefined): string | null {
  const name = typeof text === "string" ? parseWorkName(text) : null;
  return name?.kind === "arxiv" ? name.id : null;
}

function doiOf(text: JsonValue | undefined): string | null {
  const name = typeof text === "string" ? parseWorkName(text) : null;
  return name?.kind === "doi" ? name.doi : null;
}

/** A reference with its normalised identifiers, whichever member they are in. */
function referenceOf(paper: Paper, ordinal: number, item: JsonObject): Reference {
  const { cited_arxiv_id: written, doi, work_id: uuid } = item;
  return {
    paper,
    ordinal,
    item,
    arxiv: arxivOf(written) ?? arxivOf(doi),
    doi: doiOf(doi) ?? doiOf(written),
    uuid: typeof uuid === "string" && /^[^\s\p{Cc}]{1,200}$/u.test(uuid) ? uuid : null,
  };
}

type Named = { readonly kind: IdentifierKind; readonly value: string };
type Target = Named & { readonly standing: Proof };
type Vote = { readonly target: Named | null; readonly papers: number; readonly standing: Proof };

function kindOf({ target }: Vote): string {
  return target?.kind ?? "";
}

function targetId({ target }: Vote): bigint {
  return target === null ? 0n : identifierIdOf(target.kind, target.value);
}

/** The value of the column: null if all papers agree. */
function votesText(voices: readonly Vote[]): string | null {
  if (voices.length < 2) return null;
  const cells = voices.map((voice) => [
    voice.target === null ? null : idText(targetId(voice)),
    voice.target?.kind ?? null,
    voice.papers,
  ]);
  return JSON.stringify(cells);
}

function keyOf({ kind, value }: Named): string {
  return `${kind}:${value}`;
}

function graphOf(papers: readonly Paper[]): Tables {
  const references = papers.flatMap((paper) => paper.references);
  const identifiers = new Map<string, Named>();
  for (const { workKey } of papers) {
    if (!workKey.startsWith("arxiv:")) continue;
    identifiers.set(workKey, { kind: "arxiv", value: workKey.slice("arxiv:".length) });
  }
  for (const reference of references) {
    for (const named of namedBy(reference)) identifiers.set(keyOf(named), named);
  }

  /** The targets of an identifier by the best proved papers that name it, with their counts; the decisive one first. */
  const voicesOf = (named: Named): Vote[] => {
    const naming = references.filter(({ doi, uuid }) =>
      named.kind === "doi" ? doi === named.value : named.kind === "work_id" && uuid === named.value,
    );
    const best = Math.max(...naming.map(({ paper }) => rank(paper.proof)));
    const papersOf = new Map<string, Set<string>>();
    const targets = new Map<string, Named>();
    const silent = new Set<string>();
    for (const { paper, arxiv, doi } of naming) {
      if (rank(paper.proof) < best) continue;
      silent.add(paper.pithNumber);
      const target: Named | null =
        arxiv !== null
          ? { kind: "arxiv", value: arxiv }
          : doi === null || named.kind === "doi"
            ? null
            : { kind: "doi", value: doi };
      if (target === null) continue;
      targets.set(keyOf(target), target);
      papersOf.set(keyOf(target), (papersOf.get(keyOf(target)) ?? new Set()).add(paper.pithNumber));
    }
    for (const papers of papersOf.values()) for (const paper of papers) silent.delete(paper);
    const standing = proofs[best] ?? "hash";
    const voices = [...papersOf].map(
      ([key, papers]): Vote => ({
        target: targets.get(key) ?? null,
        papers: papers.size,
        standing,
      }),
    );
    if (silent.size > 0) voices.push({ target: null, papers: silent.size, standing });
    return voices.sort(
      (a, b) =>
        b.papers - a.papers ||
        Number(a.target === null) - Number(b.target === null) ||
        (kindOf(a) < kindOf(b) ? -1 : kindOf(a) > kindOf(b) ? 1 : 0) ||
        Number(targetId(a) - targetId(b)),
    );
  };
  const targetOf = (named: Named): Target | null => {
    const [first] = voicesOf(named);
    return first?.target == null ? null : { ...first.target, standing: first.standing };
  };
  /** The key of the work that an identifier resolves to. */
  const workOf = (named: Named): string => {
    const target = targetOf(named);
    return target === null ? keyOf(named) : workOf(target);
  };
  const citedBy = (reference: Reference): string => {
    const [deciding] = namedBy(reference);
    return deciding === undefined
      ? `reference:${reference.paper.pithNumber}#${reference.ordinal}`
      : workOf(deciding);
  };
  const edges = references.map((reference) => ({ reference, cited: citedBy(reference) }));
  const keys = new Set([...papers.map(({ workKey }) => workKey), ...edges.map(({ cited }) => cited)]);
  return {
    references: edges.map(({ reference, cited }) => referenceRow(reference, cited)),
    work_identifiers: [...identifiers.values()].map((named) => {
      const target = targetOf(named);
      const voices = voicesOf(named);
      return {
        identifier_id: idText(identifierIdOf(named.kind, named.value)),
        kind: named.kind,
        value: named.value,
        target_id: target === null ? null : idText(identifierIdOf(target.kind, target.value)),
        target_kind: target?.kind ?? null,
        target_standing: target?.standing ?? (voices.length < 2 ? null : (voices[0]?.standing ?? null)),
        work_id: idText(workIdOf(workOf(named))),
        voices: votesText(voices),
      };
    }),
    citations: distinct(
      edges.map(({ reference, cited }) => ({
        citing_work_id: idText(workIdOf(reference.paper.workKey)),
        cited_work_id: idText(workIdOf(cited)),
        is_internal_anchor: String(
          edges.some(
            (other) =>
              other.cited === cited &&
              other.reference.paper.workKey === reference.paper.workKey &&
              other.reference.item["is_internal_anchor"] === true,
          ),
        ),
      })),
    ),
    citations_by_cited: distinct(
      edges.map(({ reference, cited }) => ({
        cited_work_id: idText(workIdOf(cited)),
        submitted_at: reference.paper.row["submitted_at"] ?? null,
        paper_id: reference.paper.row["paper_id"] ?? null,
        citing_work_id: idText(workIdOf(reference.paper.workKey)),
      })),
    ),
    works: [...keys].map((key) => workRow(key, papers, edges)),
  };
}

/** The identifiers of a reference, the decisive one first. */
function namedBy({ arxiv, doi, uuid }: Reference): Named[] {
  const named: Named[] = [];
  if (arxiv !== null) named.push({ kind: "arxiv", value: arxiv });
  if (doi !== null) named.push({ kind: "doi", value: doi });
  if (uuid !== null) named.push({ kind: "work_id", value: uuid });
  return named;
}

function distinct(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

function referenceRow(reference: Reference, cited: string): Row {
  const { paper, ordinal, item, arxiv, doi, uuid } = reference;
  const idOf = (kind: IdentifierKind, value: string | null) =>
    value === null ? null : idText(identifierIdOf(kind, value));
  const stated = item["year"];
  const year = typeof stated === "string" && /^\d{4}$/.test(stated) ? stated : count(stated);
  return {
    paper_id: paper.row["paper_id"] ?? null,
    ordinal: String(ordinal),
    ref_index: count(item["ref_index"]) ?? String(ordinal + 1),
    title: shown(item["title"]),
    year: Number(year) >= 1000 && Number(year) <= 2100 ? year : null,
    doi: text(item["doi"]),
    cited_arxiv_id: text(item["cited_arxiv_id"]),
    is_internal_anchor: String(item["is_internal_anchor"] === true),
    has_arxiv_id: String(arxiv !== null),
    doi_id: idOf("doi", doi),
    work_uuid_id: idOf("work_id", uuid),
    cited_work_id: idText(workIdOf(cited)),
    submitted_at: paper.row["submitted_at"] ?? null,
  };
}

type Edge = { readonly reference: Reference; readonly cited: string };

function workRow(key: string, papers: readonly Paper[], edges: readonly Edge[]): Row {
  const own = papers.filter(({ workKey }) => workKey === key).sort(compareVersions)[0];
  const named = edges
    .filter(({ reference, cited }) => cited === key && shown(reference.item["title"]) !== null)
    .map(({ reference }) => reference)
    .sort(
      (a, b) =>
        rank(b.paper.proof) - rank(a.paper.proof) ||
        Number(paperIdOf(a.paper.pithNumber) - paperIdOf(b.paper.pithNumber)) ||
        a.ordinal - b.ordinal,
    )[0];
  // A stored paper without a title takes it from references, but keeps its own year.
  const ownTitle = own?.row["title"] ?? null;
  const titledBy = ownTitle === null ? named : undefined;
  const namedRow = titledBy === undefined ? undefined : referenceRow(titledBy, key);
  const size = (items: readonly (string | null | undefined)[]) => String(new Set(items).size);
  return {
    work_id: idText(workIdOf(key)),
    key,
    paper_id: own?.row["paper_id"] ?? null,
    title: ownTitle ?? namedRow?.["title"] ?? null,
    year:
      own === undefined
        ? (yearOfId(key) ?? namedRow?.["year"] ?? null)
        : String(Number(own.row["submitted_at"]?.slice(0, 4))),
    stated_year: namedRow?.["year"] ?? null,
    title_standing: titledBy?.paper.proof ?? null,
    title_paper_id: namedRow?.["paper_id"] ?? null,
    title_ordinal: namedRow?.["ordinal"] ?? null,
    cited_by_count: size(
      edges.filter(({ cited }) => cited === key).map(({ reference }) => reference.paper.workKey),
    ),
    citing_paper_count: size(
      edges.filter(({ cited }) => cited === key).map(({ reference }) => reference.paper.pithNumber),
    ),
    reference_count: size(
      edges.filter(({ reference }) => reference.paper.workKey === key).map(({ cited }) => cited),
    ),
    anchored_work_count: size(
      edges
        .filter(({ cited, reference }) => cited === key && reference.item["is_internal_anchor"] === true)
        .map(({ reference }) => reference.paper.workKey)
        .filter((citing) => citing !== key),
    ),
  };
}

/** The year in an arXiv id's first two digits. All ids of these tests are of real months. */
function yearOfId(key: string): string | null {
  const digits = /^arxiv:(?:[a-z-]+\/)?(\d\d)/.exec(key)?.[1];
  return digits === undefined ? null : digits > "90" ? `19${digits}` : `20${digits}`;
}

/** Sorts versions by proof, then version, then submission, descending; then by Pith number. */
function compareVersions(a: Paper, b: Paper): number {
  const version = (paper: Paper) => Number(paper.row["source_version"] ?? -1);
  const submitted = (paper: Paper) => paper.row["submitted_at"] ?? "";
  return (
    rank(b.proof) - rank(a.proof) ||
    version(b) - version(a) ||
    (submitted(a) === submitted(b) ? 0 : submitted(a) < submitted(b) ? 1 : -1) ||
    (a.pithNumber < b.pithNumber ? -1 : 1)
  );
}
