import { type PithNumber, suffixOf } from "../protocol/index.ts";
import type { Database } from "../store/index.ts";
import { MirrorError } from "./fetch-error.ts";
import type { ListedNumber } from "./outstanding.ts";
import type { RemoteFeedPage, RemoteMirror } from "./remote-mirror.ts";

/** How far a mirror was followed, and the mirror's checksum at that position. */
export type MirrorPosition = { readonly position: bigint; readonly checksum: string | null };

/** The trust settings with which a mirror was followed. */
type CursorTrust = {
  /** SHA-256 of the keyring and the minimum proof. */
  readonly trust: string;
  /** Whether something was rejected that another keyring or a lower minimum proof might accept. */
  readonly hasUntrusted: boolean;
};

/** Null for a mirror that was never followed. */
export async function readCursor(
  { pool }: Database,
  key: string,
): Promise<(MirrorPosition & CursorTrust) | null> {
  const { rows } = await pool.query<{ position: string; checksum: string | null } & CursorTrust>(
    `SELECT position, encode(checksum, 'hex') AS checksum, encode(trust, 'hex') AS trust,
       has_untrusted AS "hasUntrusted" FROM followed_mirrors WHERE base_url = $1`,
    [key],
  );
  const [row] = rows;
  return row === undefined ? null : { ...row, position: BigInt(row.position) };
}

/** Must be called only after everything before the position is committed. */
export async function storeCursor(
  { pool }: Database,
  key: string,
  { position, checksum, trust, hasUntrusted }: MirrorPosition & CursorTrust,
): Promise<void> {
  await pool.query(
    `INSERT INTO followed_mirrors (base_url, position, checksum, synced_at, trust, has_untrusted)
     VALUES ($1, $2, decode($3, 'hex'), $4, decode($5, 'hex'), $6)
     ON CONFLICT (base_url) DO UPDATE
     SET position = excluded.position, checksum = excluded.checksum, synced_at = excluded.synced_at,
         trust = excluded.trust, has_untrusted = excluded.has_untrusted`,
    [key, position.toString(), checksum, new Date().toISOString(), trust, hasUntrusted],
  );
}

export async function deleteCursor({ pool }: Database, key: string): Promise<void> {
  await pool.query("DELETE FROM followed_mirrors WHERE base_url = $1", [key]);
}

/** Records that something was rejected that another keyring might accept; changes nothing else. */
export async function markUntrusted({ pool }: Database, key: string): Promise<void> {
  await pool.query("UPDATE followed_mirrors SET has_untrusted = true WHERE base_url = $1", [key]);
}

type Entry<Position> = { readonly position: Position; isComplete: boolean };

/**
 * A cursor over positions that begin in order and complete in any order. After `begin(1)` and `begin(2)`: completing 2
 * returns null, completing 1 then returns 2.
 */
export class ConsecutiveCursor<Position> {
  readonly #open: Entry<Position>[] = [];

  /**
   * Begins a position after all others.
   *
   * @returns a function that completes it and returns the cursor's new position, or null if it did not move.
   */
  begin(position: Position): () => Position | null {
    const entry: Entry<Position> = { position, isComplete: false };
    this.#open.push(entry);
    return () => {
      entry.isComplete = true;
      return this.#advance();
    };
  }

  /** The number of positions begun and not yet passed by the cursor. */
  get open(): number {
    return this.#open.length;
  }

  #advance(): Position | null {
    const gap = this.#open.findIndex(({ isComplete }) => !isComplete);
    const passed = this.#open.splice(0, gap < 0 ? this.#open.length : gap);
    return passed.at(-1)?.position ?? null;
  }
}

/** A paper to fetch, and the function that completes its position of the cursor. */
export type ListedPaper = {
  readonly number: ListedNumber;
  readonly completions: readonly (() => MirrorPosition | null)[];
};

type Cursor = ConsecutiveCursor<MirrorPosition>;

/**
 * The papers that a mirror's feed lists after a position. Returns the checksum at the end of the feed. If the feed is
 * not the one followed before, calls `onNotice` and lists it from the start. Throws MirrorError if the feed contradicts
 * itself.
 */
export async function* papersOfFeed(
  mirror: RemoteMirror,
  start: MirrorPosition,
  cursor: Cursor,
  onNotice: (line: string) => void = () => {},
): AsyncGenerator<ListedPaper, string> {
  let after = start;
  let isRestarted = false;
  for (;;) {
    const page = await mirror.feedPage(after.position);
    // The feed's history differs from the one followed, so all papers have to be listed again.
    if (after.checksum !== null && page.checksumAfter !== after.checksum) {
      if (isRestarted) throw new MirrorError(`${mirror.baseUrl}/feed is inconsistent between pages.`);
      isRestarted = true;
      onNotice(
        `The mirror's feed is not the one followed up to position ${after.position}: starting again from its beginning.`,
      );
      after = { position: 0n, checksum: null };
      continue;
    }
    yield* papersOfPage(page, cursor);
    const last = page.changes.at(-1);
    if (last !== undefined) after = last;
    if (last === undefined || last.position >= page.head.position) return page.head.checksum;
  }
}

/** A paper that changed several times on a page is fetched once: its bundle is always the current one. */
function* papersOfPage({ changes }: RemoteFeedPage, cursor: Cursor): Generator<ListedPaper> {
  const completions = new Map<PithNumber, (() => MirrorPosition | null)[]>();
  for (const { position, checksum, pithNumber } of changes) {
    const complete = cursor.begin({ position, checksum });
    const known = completions.get(pithNumber);
    if (known === undefined) completions.set(pithNumber, [complete]);
    else known.push(complete);
  }
  for (const [pithNumber, list] of completions) {
    yield { number: { suffix: suffixOf(pithNumber), year: pithNumber.slice(5, 9) }, completions: list };
  }
}

/** The papers of a list after a position, which counts the lines that name a paper. */
export async function* papersOfList(
  numbers: readonly ListedNumber[],
  start: MirrorPosition,
  cursor: Cursor,
): AsyncGenerator<ListedPaper, null> {
  for (const [index, number] of numbers.entries()) {
    const position = BigInt(index) + 1n;
    if (position <= start.position) continue;
    yield { number, completions: [cursor.begin({ position, checksum: null })] };
  }
  return null;
}
