import type { Cell } from "../../store/index.ts";
import type { Decision, Evidence, Identifier, NamedIdentifier } from "./lookups.ts";
import { addedReferences, type PaperChange, removedReferences, replacedPapers } from "./papers.ts";
import { inKeyOrder, lookUp, type Planning, type RowChanges, throwCollision } from "./planning.ts";
import {
  type BatchVotes,
  decideWith,
  resolvesToItself,
  Tally,
  votesOf,
  votesOfDecision,
  withdrawnVotes,
} from "./votes.ts";

/** The DOIs and work ids that a batch affects, after the batch. */
export type Identifiers = {
  readonly byId: ReadonlyMap<bigint, Identifier>;
  /** Those stored before that now resolve to another work: references of other papers move with them. */
  readonly moved: readonly Identifier[];
  /** The works that a DOI was added to or removed from. */
  readonly worksOfDois: ReadonlySet<bigint>;
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
  if (touched.size === 0) return { byId: new Map(), moved: [], worksOfDois: new Set() };

  const stored = yield* lookUp("identifiers", [...touched]);
  for (const identifier of named.values()) {
    const row = stored.get(identifier.id);
    if (row !== undefined && (row.kind !== identifier.kind || row.value !== identifier.value)) {
      throwCollision(`${row.kind}:${row.value}`, `${identifier.kind}:${identifier.value}`);
    }
  }
  const { decisions, unnamed } = yield* decide(changes, stored, named);
  const byId = yield* findWorks({ stored, named, decisions, unnamed });
  const dependents = yield* moveDependents(byId, stored, unnamed);

  const added: Identifier[] = [];
  const changed: Identifier[] = [];
  const moved: Identifier[] = [];
  for (const row of byId.values()) {
    const before = stored.get(row.id) ?? dependents.get(row.id);
    if (before === undefined) added.push(row);
    else if (before.workId !== row.workId || !isSameDecision(before, row)) changed.push(row);
    if (before !== undefined && before.workId !== row.workId) moved.push(row);
  }
  planIdentifierRows(rows, { added, changed, unnamed });
  const worksOfDois = new Set<bigint>();
  const former = [...moved, ...unnamed].map((row) => stored.get(typeof row === "bigint" ? row : row.id));
  for (const row of [...added, ...moved, ...former]) if (row?.kind === "doi") worksOfDois.add(row.workId);
  return { byId, moved, worksOfDois };
}

function namedIdentifiers(changes: readonly PaperChange[]): Map<bigint, NamedIdentifier> {
  const named = new Map<bigint, NamedIdentifier>();
  const add = (id: bigint, kind: NamedIdentifier["kind"], value: string) => {
    const other = named.get(id);
    if (other === undefined) named.set(id, { id, kind, value });
    else if (other.kind !== kind || other.value !== value) {
      throwCollision(`${other.kind}:${other.value}`, `${kind}:${value}`);
    }
  };
  for (const { reference } of addedReferences(changes)) {
    const { doiId, doiName, workUuidId, workUuid } = reference;
    if (doiId !== null && doiName !== null) add(doiId, "doi", doiName);
    if (workUuidId !== null && workUuid !== null) add(workUuidId, "work_id", workUuid);
  }
  return named;
}

/** What each identifier resolves to; `unnamed` are those that no reference names any more. */
function* decide(
  changes: readonly PaperChange[],
  stored: ReadonlyMap<bigint, Identifier>,
  named: ReadonlyMap<bigint, NamedIdentifier>,
): Planning<Pick<Decided, "decisions" | "unnamed">> {
  const votes = votesOf(changes);
  const withdrawn = withdrawnVotes(changes, votes);
  // The references of these papers are replaced. References of papers with unchanged content still count.
  const replaced = replacedPapers(changes);
  const candidates = [...stored.values()].filter(({ id }) => !named.has(id));
  const stillNamed = candidates.length === 0 ? new Set() : yield* lookUp("named", candidates, replaced);
  const unnamed = new Set(candidates.map(({ id }) => id).filter((id) => !stillNamed.has(id)));

  const decisions = new Map<bigint, Decision>();
  const uncounted: bigint[] = [];
  for (const id of new Set([...stored.keys(), ...named.keys()])) {
    if (unnamed.has(id)) continue;
    const before = stored.get(id);
    if (before === undefined) {
      decisions.set(id, decideByCount(new Tally(), id, votes));
      continue;
    }
    const lost = withdrawn.get(id);
    // If the best proved papers name it alone, one fewer changes nothing unless less well proved papers then decide.
    const isRecounted = lost !== undefined && (!isItself(before) || lost !== "hash");
    const decision = isRecounted ? null : decideWith(before, votes.get(id) ?? []);
    if (decision === null) uncounted.push(id);
    else decisions.set(id, decision);
  }
  if (uncounted.length === 0) return { decisions, unnamed };
  const tallies = new Map(uncounted.map((id) => [id, new Tally()]));
  for (const { identifierId, proof, target, papers } of yield* lookUp("votes", uncounted, replaced)) {
    tallies.get(identifierId)?.add(proof, target, papers);
  }
  for (const [id, tally] of tallies) decisions.set(id, decideByCount(tally, id, votes));
  return { decisions, unnamed };
}

function isItself({ target, votes }: Decision): boolean {
  return target === null && votes === null;
}

function decideByCount(tally: Tally, id: bigint, votes: BatchVotes): Decision {
  for (const paperVotes of votes.get(id) ?? []) tally.addVotes(paperVotes);
  return tally.decide();
}

type Decided = {
  readonly stored: ReadonlyMap<bigint, Identifier>;
  readonly named: ReadonlyMap<bigint, NamedIdentifier>;
  readonly decisions: ReadonlyMap<bigint, Decision>;
  readonly unnamed: ReadonlySet<bigint>;
};

/** The work of each identifier. */
function* findWorks({ stored, named, decisions, unnamed }: Decided): Planning<Map<bigint, Identifier>> {
  const byId = new Map<bigint, Identifier>();
  const throughDoi: (NamedIdentifier & Decision)[] = [];
  const resolve = ({ id, kind, value }: NamedIdentifier) => {
    const { target, votes } = decisions.get(id) ?? resolvesToItself;
    // A DOI resolves to an arXiv id or resolvesToItself, so it is known here. A work id may resolve to a DOI: resolved below.
    if (target?.targetKind === "doi") throughDoi.push({ id, kind, value, target, votes });
    else byId.set(id, { id, kind, value, target, votes, workId: target?.targetId ?? id });
  };
  for (const identifier of stored.values()) if (!unnamed.has(identifier.id)) resolve(identifier);
  for (const identifier of named.values()) if (!stored.has(identifier.id)) resolve(identifier);

  const dois = new Set(throughDoi.map(({ target }) => (target as Evidence).targetId));
  const missing = [...dois].filter((id) => !byId.has(id));
  const storedDois = missing.length === 0 ? new Map() : yield* lookUp("identifiers", missing);
  for (const identifier of throughDoi) {
    const doi = (identifier.target as Evidence).targetId;
    const workId = (byId.get(doi) ?? storedDois.get(doi))?.workId ?? doi;
    byId.set(identifier.id, { ...identifier, workId });
  }
  return byId;
}

/** Adds the work ids that move with the DOIs they resolve to. Returns them as they were before. */
function* moveDependents(
  byId: Map<bigint, Identifier>,
  stored: ReadonlyMap<bigint, Identifier>,
  unnamed: ReadonlySet<bigint>,
): Planning<ReadonlyMap<bigint, Identifier>> {
  const movedDois: bigint[] = [];
  for (const { id, kind, workId } of byId.values()) {
    const before = stored.get(id);
    if (kind === "doi" && before !== undefined && before.workId !== workId) movedDois.push(id);
  }
  const moved = new Map<bigint, Identifier>();
  if (movedDois.length === 0) return moved;
  for (const dependent of (yield* lookUp("dependents", movedDois)).values()) {
    const { id, target } = dependent;
    if (byId.has(id) || unnamed.has(id) || target === null) continue;
    byId.set(id, { ...dependent, workId: byId.get(target.targetId)?.workId ?? dependent.workId });
    moved.set(id, dependent);
  }
  return moved;
}

function isSameDecision(a: Decision, b: Decision): boolean {
  return (
    a === b ||
    (a.target?.targetId === b.target?.targetId &&
      a.target?.proof === b.target?.proof &&
      a.votes?.proof === b.votes?.proof &&
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
  { added, changed, unnamed }: { added: Identifier[]; changed: Identifier[]; unnamed: Iterable<bigint> },
): void {
  rows.insert("work_identifiers", columns, inKeyOrder(added, idOf), cellsOf);
  rows.update("work_identifiers", columns, inKeyOrder(changed, idOf).map(cellsOf), columns.slice(3));
  rows.delete(
    "work_identifiers",
    ["identifier_id"],
    Array.from(unnamed, (id) => [id]),
  );
}

function idOf({ id }: Identifier): bigint {
  return id;
}

function cellsOf({ id, kind, value, target, votes, workId }: Identifier): Cell[] {
  return [
    id,
    kind,
    value,
    target?.targetId ?? null,
    target?.targetKind ?? null,
    target?.proof ?? votes?.proof ?? null,
    workId,
    votesOfDecision({ target, votes }),
  ];
}
