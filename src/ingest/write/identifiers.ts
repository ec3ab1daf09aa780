import { type BatchVoices, countVoices, findNamed, questionedBy, voicesOf } from "./batch-voices.ts";
import { refuseCollision } from "./collision.ts";
import type { Decision, Evidence, Identifier, NamedIdentifier } from "./evidence.ts";
import { readIdentifiers, writeIdentifiers } from "./identifier-rows.ts";
import { addedReferences, type PaperChange, removedReferences } from "./paper-change.ts";
import type { WriteSession } from "./session.ts";
import { addVoice, decideWith, itself, Tally, voicesOfDecision } from "./voices.ts";

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
  const named = new Map<bigint, NamedIdentifier>();
  for (const { reference } of addedReferences(changes)) {
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
  const { decisions, gone } = await decide(session, changes, stored, named);
  return write(session, { stored, named, decisions, gone });
}

/** What each identifier stands for now; those that nothing names any more are `gone`. */
async function decide(
  session: WriteSession,
  changes: readonly PaperChange[],
  stored: ReadonlyMap<bigint, Identifier>,
  named: ReadonlyMap<bigint, NamedIdentifier>,
): Promise<Pick<Settled, "decisions" | "gone">> {
  const voices = voicesOf(changes);
  const questioned = questionedBy(changes, voices);
  // The references of these are replaced. Those of a paper whose content stays as it is still count.
  const replaced = changes.filter(({ hasNewContent }) => hasNewContent).map(({ paperId }) => paperId);
  const unnamed = [...stored.values()].filter(({ id }) => !named.has(id));
  const stillNamed = await findNamed(session, unnamed, replaced);
  const gone = new Set(unnamed.map(({ id }) => id).filter((id) => !stillNamed.has(id)));

  const decisions = new Map<bigint, Decision>();
  const uncounted: bigint[] = [];
  for (const id of new Set([...stored.keys(), ...named.keys()])) {
    if (gone.has(id)) continue;
    const before = stored.get(id);
    const lost = questioned.get(id);
    // Where the best proved papers name it alone, one less changes nothing, but for what less proved ones say.
    const isQuestioned = lost !== undefined && before !== undefined && (!isItself(before) || lost !== "hash");
    const decision =
      before === undefined ? null : isQuestioned ? null : decideWith(before, voices.get(id) ?? []);
    if (decision !== null) decisions.set(id, decision);
    else if (before === undefined) decisions.set(id, counted(new Tally(), id, voices));
    else uncounted.push(id);
  }
  const others = await countVoices(session, uncounted, replaced);
  for (const id of uncounted) decisions.set(id, counted(others.get(id) ?? new Tally(), id, voices));
  return { decisions, gone };
}

function isItself({ target, voices }: Decision): boolean {
  return target === null && voices === null;
}

function counted(tally: Tally, id: bigint, voices: BatchVoices): Decision {
  for (const voice of voices.get(id) ?? []) addVoice(tally, voice);
  return tally.decide();
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
  readonly decisions: ReadonlyMap<bigint, Decision>;
  readonly gone: ReadonlySet<bigint>;
};

async function write(
  session: WriteSession,
  { stored, named, decisions, gone }: Settled,
): Promise<Identifiers> {
  const byId = new Map<bigint, Identifier>();
  const unsettled: (NamedIdentifier & Decision)[] = [];
  const settle = ({ id, kind, value }: NamedIdentifier) => {
    const { target, voices } = decisions.get(id) ?? itself;
    // A DOI stands for an arXiv id or itself: settled at once. A work id may stand for a DOI: after them.
    if (target?.targetKind === "doi") unsettled.push({ id, kind, value, target, voices });
    else byId.set(id, { id, kind, value, target, voices, workId: target?.targetId ?? id });
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
    else if (before.workId !== row.workId || !isSameDecision(before, row)) changed.push(row);
    if (before !== undefined && before.workId !== row.workId) moved.push(row);
  }
  writeIdentifiers(session, { added, changed, gone });
  return { byId, moved };
}

function hasMoved(row: Identifier, stored: ReadonlyMap<bigint, Identifier>): boolean {
  const before = stored.get(row.id);
  return before !== undefined && before.workId !== row.workId;
}

function isSameDecision(a: Decision, b: Decision): boolean {
  return (
    a === b ||
    (a.target?.targetId === b.target?.targetId &&
      a.target?.standing === b.target?.standing &&
      a.voices?.standing === b.voices?.standing &&
      voicesOfDecision(a) === voicesOfDecision(b))
  );
}

async function readMissing(
  session: WriteSession,
  ids: ReadonlySet<bigint>,
  known: ReadonlyMap<bigint, Identifier>,
): Promise<Map<bigint, Identifier>> {
  const missing = [...ids].filter((id) => !known.has(id));
  return missing.length === 0 ? new Map() : readIdentifiers(session, "identifier_id", missing);
}
