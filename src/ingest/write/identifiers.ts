import type { Proof } from "../../protocol/index.ts";
import type { IdentifierKind } from "../../store/index.ts";
import { bigintArray, type Cell } from "../../store/rows.ts";
import type { NamedIdentifier } from "../project/references.ts";
import { refuseCollision } from "./collision.ts";
import { betterEvidence, type Evidence, eachEvidence, type Identifier, isSameEvidence } from "./evidence.ts";
import {
  addedReferences,
  type PaperChange,
  removedReferences,
  type StoredReference,
} from "./paper-change.ts";
import type { WriteSession } from "./session.ts";

/** The identifiers that a batch touches, as they shall be. */
export type Identifiers = {
  readonly byId: ReadonlyMap<bigint, Identifier>;
  /** Those known before that stand for another work now: references of other papers move with them. */
  readonly moved: readonly Identifier[];
};

/**
 * Settles what the identifiers of a batch stand for, and writes `work_identifiers`. Reads the tables as they are
 * before the batch's references are written.
 */
export async function settleIdentifiers(
  session: WriteSession,
  changes: readonly PaperChange[],
): Promise<Identifiers> {
  const removed = removedReferences(changes);
  const added = addedReferences(changes);
  const named = new Map<bigint, NamedIdentifier>();
  for (const { reference } of added) {
    for (const identifier of reference.identifiers) note(named, identifier);
  }
  for (const { row, workKey } of changes) {
    // A proved paper's arXiv id is known, whether a reference names it or not.
    if (row !== null && workKey.startsWith("arxiv:")) {
      note(named, { id: row.workId, kind: "arxiv", value: workKey.slice("arxiv:".length) });
    }
  }
  const touched = new Set<bigint>(named.keys());
  for (const { arxivId, doiId, workUuidId } of removed) {
    for (const id of [arxivId, doiId, workUuidId]) if (id !== null) touched.add(id);
  }
  for (const { before, row } of changes) {
    if (before !== null && before.workId !== row?.workId) touched.add(before.workId);
  }
  if (touched.size === 0) return { byId: new Map(), moved: [] };

  const stored = await readIdentifiers(session, "identifier_id", touched);
  for (const identifier of named.values()) {
    const row = stored.get(identifier.id);
    if (row !== undefined && (row.kind !== identifier.kind || row.value !== identifier.value)) {
      refuseCollision(`${row.kind}:${row.value}`, `${identifier.kind}:${identifier.value}`);
    }
  }
  const best = new BestEvidence(stored);
  const gone = await takeBack(session, changes, { stored, named, removed, added, best });
  const offer = (id: bigint, evidence: Evidence) => best.offer(id, evidence);
  for (const { reference, standing } of added) eachEvidence(reference, standing, offer);
  return write(session, { stored, named, best, gone });
}

/** What decides for each identifier: what was stored, until it is forgotten or something better is offered. */
class BestEvidence {
  readonly #stored: ReadonlyMap<bigint, Identifier>;
  readonly #changed = new Map<bigint, Evidence | null>();

  constructor(stored: ReadonlyMap<bigint, Identifier>) {
    this.#stored = stored;
  }

  of(id: bigint): Evidence | null {
    const changed = this.#changed.get(id);
    return changed === undefined ? (this.#stored.get(id)?.target ?? null) : changed;
  }

  forget(id: bigint): void {
    this.#changed.set(id, null);
  }

  offer(id: bigint, evidence: Evidence): void {
    const known = this.of(id);
    const better = betterEvidence(known, evidence);
    if (better !== known) this.#changed.set(id, better);
  }
}

function note(named: Map<bigint, NamedIdentifier>, identifier: NamedIdentifier): void {
  const other = named.get(identifier.id);
  if (other !== undefined && (other.kind !== identifier.kind || other.value !== identifier.value)) {
    refuseCollision(`${other.kind}:${other.value}`, `${identifier.kind}:${identifier.value}`);
  }
  named.set(identifier.id, identifier);
}

async function readIdentifiers(
  session: WriteSession,
  column: "identifier_id" | "target_id",
  ids: Iterable<bigint>,
): Promise<Map<bigint, Identifier>> {
  const rows = await session.rowsBefore<
    [
      id: string,
      kind: IdentifierKind,
      value: string,
      targetId: string | null,
      targetKind: Evidence["targetKind"] | null,
      standing: Proof | null,
      workId: string,
    ]
  >(
    `SELECT identifier_id, kind, value, target_id, target_kind, target_standing, work_id
     FROM work_identifiers WHERE ${column} = ANY($1::bigint[])`,
    [bigintArray(ids)],
  );
  const identifiers = new Map<bigint, Identifier>();
  for (const [idText, kind, value, targetId, targetKind, standing, workId] of rows) {
    const id = BigInt(idText);
    const target =
      targetId === null || targetKind === null || standing === null
        ? null
        : { targetId: BigInt(targetId), targetKind, standing };
    // Most identifiers stand for themselves.
    identifiers.set(id, {
      id,
      kind,
      value,
      target,
      workId: workId === idText ? id : BigInt(workId),
    });
  }
  return identifiers;
}

type Removal = {
  readonly stored: ReadonlyMap<bigint, Identifier>;
  readonly named: ReadonlyMap<bigint, NamedIdentifier>;
  readonly removed: readonly StoredReference[];
  readonly added: ReturnType<typeof addedReferences>;
  readonly best: BestEvidence;
};

/**
 * Where evidence that decided is taken back, the next best of the other papers decides; an identifier that
 * nobody names any more goes. Rare: only a paper whose snapshot is replaced takes anything back, and mostly the
 * new one says the same again.
 */
async function takeBack(
  session: WriteSession,
  changes: readonly PaperChange[],
  { stored, named, removed, added, best }: Removal,
): Promise<Set<bigint>> {
  // The references of these are replaced. Those of a paper whose content stays as it is still count.
  const replaced = changes.filter(({ hasNewContent }) => hasNewContent).map(({ paperId }) => paperId);
  const questioned = questionedBy(changes, { stored, removed, added });
  const unnamed: bigint[] = [];
  for (const id of stored.keys()) if (!named.has(id)) unnamed.push(id);
  for (const id of questioned) best.forget(id);
  for (const [id, evidence] of await readEvidence(session, questioned, replaced)) best.offer(id, evidence);
  const stillNamed = await findNamed(session, unnamed, replaced);
  return new Set(unnamed.filter((id) => !stillNamed.has(id)));
}

/** The identifiers whose deciding evidence is taken back, and not given again by the same batch. */
function questionedBy(
  changes: readonly PaperChange[],
  { stored, removed, added }: Pick<Removal, "stored" | "removed" | "added">,
): Set<bigint> {
  const standings = new Map(changes.map(({ paperId, before }) => [paperId, before?.proof]));
  const questioned = new Set<bigint>();
  const decides = (id: bigint, evidence: Evidence) => {
    const target = stored.get(id)?.target ?? null;
    return target !== null && isSameEvidence(target, evidence);
  };
  const question = (id: bigint, evidence: Evidence) => {
    if (decides(id, evidence)) questioned.add(id);
  };
  for (const reference of removed) {
    const standing = standings.get(reference.paperId);
    if (standing !== undefined) eachEvidence(reference, standing, question);
  }
  if (questioned.size === 0) return questioned;
  const confirm = (id: bigint, evidence: Evidence) => {
    if (decides(id, evidence)) questioned.delete(id);
  };
  for (const { reference, standing } of added) eachEvidence(reference, standing, confirm);
  return questioned;
}

/** What the references of all papers but these say about identifiers. */
async function readEvidence(
  session: WriteSession,
  ids: ReadonlySet<bigint>,
  except: readonly bigint[],
): Promise<[identifierId: bigint, evidence: Evidence][]> {
  if (ids.size === 0) return [];
  const rows = await session.read<{
    id: string;
    target_id: string;
    target_kind: Evidence["targetKind"];
    standing: Proof;
  }>(
    `SELECT r.doi_id AS id, r.arxiv_id AS target_id, 'arxiv' AS target_kind, max(p.proof) AS standing
     FROM "references" r JOIN papers p USING (paper_id)
     WHERE r.doi_id = ANY($1::bigint[]) AND r.arxiv_id IS NOT NULL AND r.paper_id <> ALL($2::bigint[])
     GROUP BY r.doi_id, r.arxiv_id
     UNION ALL
     SELECT r.work_uuid_id, coalesce(r.arxiv_id, r.doi_id),
            CASE WHEN r.arxiv_id IS NULL THEN 'doi' ELSE 'arxiv' END, max(p.proof)
     FROM "references" r JOIN papers p USING (paper_id)
     WHERE r.work_uuid_id = ANY($1::bigint[]) AND coalesce(r.arxiv_id, r.doi_id) IS NOT NULL
       AND r.paper_id <> ALL($2::bigint[])
     GROUP BY r.work_uuid_id, r.arxiv_id, r.doi_id`,
    [bigintArray(ids), bigintArray(except)],
  );
  return rows.map((row) => [
    BigInt(row.id),
    { targetId: BigInt(row.target_id), targetKind: row.target_kind, standing: row.standing },
  ]);
}

/** Which of the identifiers a paper, or a reference of any paper but these, still names. */
async function findNamed(
  session: WriteSession,
  ids: readonly bigint[],
  except: readonly bigint[],
): Promise<Set<bigint>> {
  if (ids.length === 0) return new Set();
  // One reference is enough: LIMIT spares a much cited work the walk through all of them. A reference that names
  // an arXiv id cites it.
  const anyReference = (condition: string) =>
    `SELECT id FROM unnest($1::bigint[]) AS id CROSS JOIN LATERAL
       (SELECT FROM "references" WHERE ${condition} AND paper_id <> ALL($2::bigint[]) LIMIT 1) AS named`;
  const rows = await session.read<{ id: string }>(
    `${anyReference("doi_id = id")} UNION ${anyReference("work_uuid_id = id")}
     UNION ${anyReference("cited_work_id = id AND arxiv_id = id")}
     UNION SELECT work_id FROM papers WHERE work_id = ANY($1::bigint[])`,
    [bigintArray(ids), bigintArray(except)],
  );
  return new Set(rows.map((row) => BigInt(row.id)));
}

type Settled = {
  readonly stored: Map<bigint, Identifier>;
  readonly named: ReadonlyMap<bigint, NamedIdentifier>;
  readonly best: BestEvidence;
  readonly gone: ReadonlySet<bigint>;
};

async function write(session: WriteSession, { stored, named, best, gone }: Settled): Promise<Identifiers> {
  const byId = new Map<bigint, Identifier>();
  const unsettled: (NamedIdentifier & { readonly target: Evidence | null })[] = [];
  const settle = ({ id, kind, value }: NamedIdentifier) => {
    const target = kind === "arxiv" ? null : best.of(id);
    // A DOI stands for an arXiv id or itself: settled at once. A work id may stand for a DOI: after them.
    if (target?.targetKind === "doi") unsettled.push({ id, kind, value, target });
    else byId.set(id, { id, kind, value, target, workId: target?.targetId ?? id });
  };
  for (const identifier of stored.values()) if (!gone.has(identifier.id)) settle(identifier);
  for (const identifier of named.values()) if (!stored.has(identifier.id)) settle(identifier);

  const dois = new Set(unsettled.map(({ target }) => (target as Evidence).targetId));
  const elsewhere = await readMissing(session, dois, byId);
  for (const identifier of unsettled) {
    const doi = (identifier.target as Evidence).targetId;
    const workId = (byId.get(doi) ?? elsewhere.get(doi))?.workId ?? doi;
    byId.set(identifier.id, { ...identifier, workId });
  }

  const movedDois: Identifier[] = [];
  for (const row of byId.values()) if (row.kind === "doi" && hasMoved(row, stored)) movedDois.push(row);
  if (movedDois.length > 0) {
    const dependents = await readIdentifiers(
      session,
      "target_id",
      movedDois.map(({ id }) => id),
    );
    for (const dependent of dependents.values()) {
      if (byId.has(dependent.id) || gone.has(dependent.id) || dependent.target === null) continue;
      const workId = byId.get(dependent.target.targetId)?.workId ?? dependent.workId;
      byId.set(dependent.id, { ...dependent, workId });
      stored.set(dependent.id, dependent);
    }
  }

  const added: Identifier[] = [];
  const changed: Identifier[] = [];
  const moved: Identifier[] = [];
  for (const row of byId.values()) {
    const before = stored.get(row.id);
    if (before === undefined) added.push(row);
    else if (before.workId !== row.workId || !isSameTarget(before.target, row.target)) changed.push(row);
    if (before !== undefined && before.workId !== row.workId) moved.push(row);
  }
  // In this order the rows meet each page of the index once.
  for (const rows of [added, changed]) rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  session.put(
    "work_identifiers",
    ["identifier_id", "kind", "value", "target_id", "target_kind", "target_standing", "work_id"],
    {
      added: added.map(cellsOf),
      changed: changed.map(cellsOf),
    },
    `ON CONFLICT (identifier_id) DO UPDATE SET target_id = excluded.target_id, target_kind = excluded.target_kind,
       target_standing = excluded.target_standing, work_id = excluded.work_id`,
  );
  if (gone.size > 0) {
    session.write("DELETE FROM work_identifiers WHERE identifier_id = ANY($1::bigint[])", [
      bigintArray(gone),
    ]);
  }
  return { byId, moved };
}

function cellsOf({ id, kind, value, target, workId }: Identifier): Cell[] {
  return [
    id,
    kind,
    value,
    target?.targetId ?? null,
    target?.targetKind ?? null,
    target?.standing ?? null,
    workId,
  ];
}

function hasMoved(row: Identifier, stored: ReadonlyMap<bigint, Identifier>): boolean {
  const before = stored.get(row.id);
  return before !== undefined && before.workId !== row.workId;
}

function isSameTarget(a: Evidence | null, b: Evidence | null): boolean {
  return a === null || b === null ? a === b : isSameEvidence(a, b);
}

async function readMissing(
  session: WriteSession,
  ids: ReadonlySet<bigint>,
  known: ReadonlyMap<bigint, Identifier>,
): Promise<Map<bigint, Identifier>> {
  const missing = [...ids].filter((id) => !known.has(id));
  return missing.length === 0 ? new Map() : readIdentifiers(session, "identifier_id", missing);
}
