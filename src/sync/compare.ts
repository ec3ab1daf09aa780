import type { PithNumber } from "../protocol/index.ts";
import { paperIdOf } from "../row-rules/index.ts";
import { bigintArray, type Database } from "../store/index.ts";
import { createFetcher } from "./fetcher.ts";
import type { OutstandingPaper } from "./outstanding.ts";
import { RemoteMirror } from "./remote-mirror.ts";
import type { UrlPolicy } from "./url-policy.ts";

/**
 * Why the state of a paper differs from the mirror's: it is outstanding; its document or some of its events are in
 * quarantine (with the code); the mirror changed it after the feed was followed; it is stored here only; it has other
 * events here; it is not stored here for a reason that is no longer known.
 */
type DifferenceReason =
  | "OUTSTANDING"
  | `REJECTED ${string}`
  | `EVENTS_REJECTED ${string}`
  | "CHANGED_SINCE"
  | "ONLY_HERE"
  | "OTHER_EVENTS_HERE"
  | "NOT_HERE";

export type StateDifference = {
  /** Papers whose states differ, including those stored on one side only. */
  readonly papers: number;
  /** By reason, most frequent first. */
  readonly reasons: readonly {
    readonly reason: DifferenceReason;
    readonly papers: number;
    /** The first few papers, as Pith numbers. */
    readonly examples: readonly string[];
  }[];
};

/** The maximum number of feed changes to compare. */
const maxChanges = 100_000n;
const pageSize = 1000;
/** The maximum number of papers listed per reason. */
const maxNamed = 5;

type Listed = { readonly stateSha256: string; readonly position: bigint };

/**
 * Compares the stored states with those in a mirror's feed, paper by paper, and explains each difference. `followed` is
 * the position up to which the feed was followed. Returns null if the feed has too many changes.
 */
export async function compareStates(
  database: Database,
  mirror: RemoteMirror,
  outstanding: readonly OutstandingPaper[],
  followed: bigint,
): Promise<StateDifference | null> {
  const theirs = await readStates(mirror);
  if (theirs === null) return null;
  const mine = await readOwnStates(database, [...theirs.keys()]);
  const differing = [...theirs].filter(([number, { stateSha256 }]) => mine.get(number) !== stateSha256);
  const rejected = await readRejected(
    database,
    differing.map(([number]) => number),
    mirror.baseUrl,
  );
  const pending = new Set(outstanding.map(({ paper }) => paper));
  const groups = new Map<DifferenceReason, string[]>();
  const add = (reason: DifferenceReason, number: string) => {
    const group = groups.get(reason);
    if (group === undefined) groups.set(reason, [number]);
    else group.push(number);
  };
  for (const [number, { position }] of differing) {
    if (pending.has(number)) add("OUTSTANDING", number);
    else if (position > followed) add("CHANGED_SINCE", number);
    else add(rejected.get(number) ?? (mine.has(number) ? "OTHER_EVENTS_HERE" : "NOT_HERE"), number);
  }
  const others = await readOthers(database, [...theirs.keys()]);
  const counted = Array.from(groups, ([reason, numbers]) => ({
    reason,
    papers: numbers.length,
    examples: numbers.slice(0, maxNamed),
  }));
  if (others.papers > 0) counted.push({ reason: "ONLY_HERE", ...others });
  counted.sort((a, b) => b.papers - a.papers);
  return { papers: counted.reduce((sum, { papers }) => sum + papers, 0), reasons: counted };
}

/** The last state of each paper in the mirror's feed; null if there are too many changes. */
async function readStates(mirror: RemoteMirror): Promise<Map<PithNumber, Listed> | null> {
  const states = new Map<PithNumber, Listed>();
  for (let after = 0n; ; ) {
    const { head, changes } = await mirror.feedPage(after, pageSize);
    if (head.position > maxChanges) return null;
    for (const { pithNumber, stateSha256, position } of changes) {
      states.set(pithNumber, { stateSha256, position });
      after = position;
    }
    if (changes.length === 0 || after >= head.position) return states;
  }
}

async function readOwnStates(
  { pool }: Database,
  numbers: readonly PithNumber[],
): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ number: string; state: string }>(
    `SELECT pith_number AS number, encode(state_sha256, 'hex') AS state FROM records
     WHERE paper_id = ANY($1::bigint[])`,
    [bigintArray(numbers.map(paperIdOf))],
  );
  return new Map(rows.map(({ number, state }) => [number, state]));
}

/** Why papers were rejected, if still in quarantine; a document's reason takes precedence over its events'. */
async function readRejected(
  { pool }: Database,
  numbers: readonly PithNumber[],
  baseUrl: string,
): Promise<Map<string, DifferenceReason>> {
  const { rows } = await pool.query<{
    kind: string;
    code: string;
    number: string | null;
    suffix: string | null;
  }>(
    `SELECT kind, code, pith_number AS number, substring(source FROM '/([A-Z2-7]{26})/') AS suffix FROM quarantine
     WHERE pith_number = ANY($1::text[]) OR (pith_number IS NULL AND starts_with(source, $2))
     ORDER BY kind DESC, received_at`,
    [numbers, `${baseUrl}/`],
  );
  const bySuffix = new Map(numbers.map((number) => [number.slice(-26), number]));
  const reasons = new Map<string, DifferenceReason>();
  // Events come first, so that the reason of a rejected document replaces theirs.
  for (const { kind, code, number, suffix } of rows) {
    const paper = number ?? bySuffix.get((suffix ?? "") as never);
    if (paper === undefined) continue;
    reasons.set(paper, kind === "document" ? `REJECTED ${code}` : `EVENTS_REJECTED ${code}`);
  }
  return reasons;
}

/** Stored papers that the mirror does not list. */
async function readOthers(
  { pool }: Database,
  numbers: readonly PithNumber[],
): Promise<{ readonly papers: number; readonly examples: string[] }> {
  const { rows } = await pool.query<{ number: string; papers: number }>(
    `SELECT pith_number AS number, count(*) OVER ()::int AS papers FROM records
     WHERE paper_id <> ALL($1::bigint[]) ORDER BY pith_number LIMIT ${maxNamed}`,
    [bigintArray(numbers.map(paperIdOf))],
  );
  return { papers: rows[0]?.papers ?? 0, examples: rows.map(({ number }) => number) };
}

type MirrorDifference = {
  readonly pithNumber: PithNumber;
  readonly difference: "ONLY_FIRST" | "ONLY_SECOND" | "OTHER_STATE";
};

/**
 * The papers whose states differ on two mirrors, by Pith number, as their feeds list them; null if a feed has too many
 * changes. Feeds are only read if the checksums of all states differ. Addresses are normalized by `readBaseUrl`. Rejects
 * with MirrorError if a mirror does not answer or does not behave like one.
 */
export async function compareMirrors(
  baseUrls: readonly [string, string],
  policy: UrlPolicy,
): Promise<MirrorDifference[] | null> {
  const fetcher = createFetcher({ policy });
  const { signal } = new AbortController();
  // No documents are fetched.
  const mirrorAt = (baseUrl: string) =>
    new RemoteMirror({ baseUrl, fetcher, policy, maximumBytes: 0 }, signal);
  const [first, second] = [mirrorAt(baseUrls[0]), mirrorAt(baseUrls[1])];
  try {
    const [a, b] = await Promise.all([first.feedPage(0n, 1), second.feedPage(0n, 1)]);
    if (a.head.checksum === b.head.checksum) return [];
    const [mine, theirs] = await Promise.all([readStates(first), readStates(second)]);
    if (mine === null || theirs === null) return null;
    return [...new Set([...mine.keys(), ...theirs.keys()])].sort().flatMap((pithNumber) => {
      const [one, other] = [mine.get(pithNumber), theirs.get(pithNumber)];
      if (other === undefined) return { pithNumber, difference: "ONLY_FIRST" };
      if (one === undefined) return { pithNumber, difference: "ONLY_SECOND" };
      return one.stateSha256 === other.stateSha256 ? [] : { pithNumber, difference: "OTHER_STATE" };
    });
  } finally {
    fetcher.close();
  }
}
