import { BestEvidence } from "./best-evidence.ts";
import { refuseCollision } from "./collision.ts";
import {
  type Evidence,
  eachEvidence,
  type Identifier,
  isSameEvidence,
  type NamedIdentifier,
} from "./evidence.ts";
import { readIdentifiers, writeIdentifiers } from "./identifier-rows.ts";
import { addedReferences, type PaperChange, removedReferences } from "./paper-change.ts";
import type { WriteSession } from "./session.ts";
import { takeBack } from "./taken-back.ts";

/** The DOIs and work ids that a batch touches, as they shall be. */
export type Identifiers = {
  readonly byId: ReadonlyMap<bigint, Identifier>;
  /** Those known before that stand for another work now: references of other papers move with them. */
  readonly moved: readonly Identifier[];
};

/**
 * Settles what the DOIs and work ids of a batch stand for, and writes their rows of `work_identifiers`. Reads the
 * tables as they are before the batch's references are written. An arXiv id stands for itself: nothing has to be
 * settled, and its row comes and goes with its work (work-rows.ts).
 */
export async function settleIdentifiers(
  session: WriteSession,
  changes: readonly PaperChange[],
): Promise<Identifiers> {
  const removed = removedReferences(changes);
  const added = addedReferences(changes);
  const named = new Map<bigint, NamedIdentifier>();
  for (const { reference } of added) {
    const { doiId, doiName, workUuidId, workUuid } = reference;
    if (doiId !== null && doiName !== null) note(named, doiId, "doi", doiName);
    if (workUuidId !== null && workUuid !== null) note(named, workUuidId, "work_id", workUuid);
  }
  const touched = new Set<bigint>(named.keys());
  for (const { doiId, workUuidId } of removed) {
    if (doiId !== null) touched.add(doiId);
    if (workUuidId !== null) touched.add(workUuidId);
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

function note(
  named: Map<bigint, NamedIdentifier>,
  id: bigint,
  kind: NamedIdentifier["kind"],
  value: string,
): void {
  const other = named.get(id);
  if (other === undefined) named.set(id, { id, kind, value });
  else if (other.kind !== kind || other.value !== value) {
    refuseCollision(`${other.kind}:${other.value}`, `${kind}:${value}`);
  }
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
    const target = best.of(id);
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
  writeIdentifiers(session, { added, changed, gone });
  return { byId, moved };
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
