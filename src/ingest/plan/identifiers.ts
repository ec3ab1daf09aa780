import type { Cell } from "../../store/index.ts";
import { addedReferences, type PaperChange, removedReferences, replacedPapers } from "./papers.ts";
import { ask, inKeyOrder, type Planning, type RowChanges, refuseCollision } from "./planning.ts";
import type { Decision, Evidence, Identifier, NamedIdentifier } from "./questions.ts";
import {
  type BatchVotes,
  decideWith,
  itself,
  Tally,
  voicesOf,
  votesOfDecision,
  withdrawnVotes,
} from "./voices.ts";

/** The DOIs and work ids that a batch affects, after the batch. */
export type Identifiers = {
  readonly byId: ReadonlyMap<bigint, Identifier>;
  /** Those stored before that now resolve to another work: references of other papers move with them. */
  readonly moved: readonly Identifier[];
};

/**
 * Decides which work each DOI and work id of a batch resolves to. An arXiv id always resolves to itself: its row is
 * created and deleted with its work (works.ts).
 */
export function* planIdentifiers(rows: RowChanges, changes: readonly PaperChange[]): Planning<Identifiers> {
  const named = namedIdentifiers(changes);
  const touched = new Set<bigint>(named.keys());
  for (const { doiId, workUuidId } of removedReferences(changes)) {
    if (doiId !== null) touched.add(doiId);
    if (workUuidId !== null) touched.add(workUuidId);
  }
  if (touched.size === 0) return { byId: new Map(), moved: [] };

  const stored = yield* ask("identifiers", [...touched]);
  for (const identifier of named.values()) {
    const row = stored.get(identifier.id);
    if (row !== undefined && (row.kind !== identifier.kind || row.value !== identifier.value)) {
      refuseCollision(`${row.kind}:${row.value}`, `${identifier.kind}:${identifier.value}`);
    }
  }
  const { decisions, gone } = yield* decide(changes, stored, named);
  const byId = yield* findWorks({ stored, named, decisions, gone });
  const dependents = yield* moveDependents(byId, stored, gone);

  const added: Identifier[] = [];
  const changed: Identifier[] = [];
  const moved: Identifier[] = [];
  for (const row of byId.values()) {
    const before = stored.get(row.id) ?? dependents.get(row.id);
    if (before === undefined) added.push(row);
    else if (before.workId !== row.workId || !isSameDecision(before, row)) changed.push(row);
    if (before !== undefined && before.workId !== row.workId) moved.push(row);
  }
  planIdentifierRows(rows, { added, changed, gone });
  return { byId, moved };
}

function namedIdentifiers(changes: readonly PaperChange[]): Map<bigint, NamedIdentifier> {
  const named = new Map<bigint, NamedIdentifier>();
  const note = (id: bigint, kind: NamedIdentifier["kind"], value: string) => {
    const other = named.get(id);
    if (other === undefined) named.set(id, { id, kind, value });
    else if (other.kind !== kind || other.value !== value) {
      refuseCollision(`${other.kind}:${other.value}`, `${kind}:${value}`);
    }
  };
  for (const { reference } of addedReferences(changes)) {
    const { doiId, doiName, workUuidId, workUuid } = reference;
    if (doiId !== null && doiName !== null) note(doiId, "doi", doiName);
    if (workUuidId !== null && workUuid !== null) note(workUuidId, "work_id", workUuid);
  }
  return named;
}

/** What each identifier resolves to; `gone` are those that no reference names any more. */
function* decide(
  changes: readonly PaperChange[],
  stored: ReadonlyMap<bigint, Identifier>,
  named: ReadonlyMap<bigint, NamedIdentifier>,
): Planning<Pick<Decided, "decisions" | "gone">> {
  const voices = voicesOf(changes);
  const questioned = withdrawnVotes(changes, voices);
  // The references of these papers are replaced. References of papers with unchanged content still count.
  const replaced = replacedPapers(changes);
  const unnamed = [...stored.values()].filter(({ id }) => !named.has(id));
  const stillNamed = unnamed.length === 0 ? new Set() : yield* ask("named", unnamed, replaced);
  const gone = new Set(unnamed.map(({ id }) => id).filter((id) => !stillNamed.has(id)));

  const decisions = new Map<bigint, Decision>();
  const uncounted: bigint[] = [];
  for (const id of new Set([...stored.keys(), ...named.keys()])) {
    if (gone.has(id)) continue;
    const before = stored.get(id);
    const lost = questioned.get(id);
    // If the best proved papers name it alone, one fewer changes nothing unless less well proved papers then decide.
    const isQuestioned = lost !== undefined && before !== undefined && (!isItself(before) || lost !== "hash");
    const decision =
      before === undefined ? null : isQuestioned ? null : decideWith(before, voices.get(id) ?? []);
    if (decision !== null) decisions.set(id, decision);
    else if (before === undefined) decisions.set(id, counted(new Tally(), id, voices));
    else uncounted.push(id);
  }
  if (uncounted.length === 0) return { decisions, gone };
  const tallies = new Map(uncounted.map((id) => [id, new Tally()]));
  for (const { identifierId, standing, target, papers } of yield* ask("voices", uncounted, replaced)) {
    tallies.get(identifierId)?.add(standing, target, papers);
  }
  for (const [id, tally] of tallies) decisions.set(id, counted(tally, id, voices));
  return { decisions, gone };
}

function isItself({ target, voices }: Decision): boolean {
  return target === null && voices === null;
}

function counted(tally: Tally, id: bigint, voices: BatchVotes): Decision {
  for (const voice of voices.get(id) ?? []) tally.addVoice(voice);
  return tally.decide();
}

type Decided = {
  readonly stored: ReadonlyMap<bigint, Identifier>;
  readonly named: ReadonlyMap<bigint, NamedIdentifier>;
  readonly decisions: ReadonlyMap<bigint, Decision>;
  readonly gone: ReadonlySet<bigint>;
};

/** The work of each identifier. */
function* findWorks({ stored, named, decisions, gone }: Decided): Planning<Map<bigint, Identifier>> {
  const byId = new Map<bigint, Identifier>();
  const unsettled: (NamedIdentifier & Decision)[] = [];
  const settle = ({ id, kind, value }: NamedIdentifier) => {
    const { target, voices } = decisions.get(id) ?? itself;
    // A DOI resolves to an arXiv id or itself, so it is known here. A work id may resolve to a DOI: resolved below.
    if (target?.targetKind === "doi") unsettled.push({ id, kind, value, target, voices });
    else byId.set(id, { id, kind, value, target, voices, workId: target?.targetId ?? id });
  };
  for (const identifier of stored.values()) if (!gone.has(identifier.id)) settle(identifier);
  for (const identifier of named.values()) if (!stored.has(identifier.id)) settle(identifier);

  const dois = new Set(unsettled.map(({ target }) => (target as Evidence).targetId));
  const missing = [...dois].filter((id) => !byId.has(id));
  const elsewhere = missing.length === 0 ? new Map() : yield* ask("identifiers", missing);
  for (const identifier of unsettled) {
    const doi = (identifier.target as Evidence).targetId;
    const workId = (byId.get(doi) ?? elsewhere.get(doi))?.workId ?? doi;
    byId.set(identifier.id, { ...identifier, workId });
  }
  return byId;
}

/** Adds the work ids that move with the DOIs they resolve to. Returns them as they were before. */
function* moveDependents(
  byId: Map<bigint, Identifier>,
  stored: ReadonlyMap<bigint, Identifier>,
  gone: ReadonlySet<bigint>,
): Planning<ReadonlyMap<bigint, Identifier>> {
  const movedDois: bigint[] = [];
  for (const { id, kind, workId } of byId.values()) {
    const before = stored.get(id);
    if (kind === "doi" && before !== undefined && before.workId !== workId) movedDois.push(id);
  }
  const moved = new Map<bigint, Identifier>();
  if (movedDois.length === 0) return moved;
  for (const dependent of (yield* ask("dependents", movedDois)).values()) {
    const { id, target } = dependent;
    if (byId.has(id) || gone.has(id) || target === null) continue;
    byId.set(id, { ...dependent, workId: byId.get(target.targetId)?.workId ?? dependent.workId });
    moved.set(id, dependent);
  }
  return moved;
}

function isSameDecision(a: Decision, b: Decision): boolean {
  return (
    a === b ||
    (a.target?.targetId === b.target?.targetId &&
      a.target?.standing === b.target?.standing &&
      a.voices?.standing === b.voices?.standing &&
      votesOfDecision(a) === votesOfDecision(b))
  );
}

const columns = [
  "identifier_id",
  "kind",
  "value",
  "target_id",
  "target_kind",
  "target_standing",
  "work_id",
  "voices",
];

/** Plans rows of `work_identifiers`. */
export function planIdentifierRows(
  rows: RowChanges,
  { added, changed, gone }: { added: Identifier[]; changed: Identifier[]; gone: Iterable<bigint> },
): void {
  rows.insert("work_identifiers", columns, inKeyOrder(added, idOf), cellsOf);
  rows.update("work_identifiers", columns, inKeyOrder(changed, idOf).map(cellsOf), columns.slice(3));
  rows.delete(
    "work_identifiers",
    ["identifier_id"],
    Array.from(gone, (id) => [id]),
  );
}

function idOf({ id }: Identifier): bigint {
  return id;
}

function cellsOf({ id, kind, value, target, voices, workId }: Identifier): Cell[] {
  return [
    id,
    kind,
    value,
    target?.targetId ?? null,
    target?.targetKind ?? null,
    target?.standing ?? voices?.standing ?? null,
    workId,
    votesOfDecision({ target, voices }),
  ];
}
