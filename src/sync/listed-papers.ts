import { type PithNumber, suffixOf } from "../protocol/index.ts";
import type { ConsecutiveCursor } from "./consecutive-cursor.ts";
import type { ListedNumber } from "./document-addresses.ts";
import { MirrorError } from "./fetch-error.ts";
import type { Followed } from "./followed.ts";
import type { RemoteFeedPage } from "./remote-feed.ts";
import type { RemoteMirror } from "./remote-mirror.ts";

/** A paper to fetch, and the function that completes its position of the cursor. */
export type ListedPaper = {
  readonly wanted: ListedNumber;
  readonly completions: readonly (() => Followed | null)[];
};

type Cursor = ConsecutiveCursor<Followed>;

/**
 * The papers that a mirror's feed lists after a position. Returns the checksum at the end of the feed. If the feed is
 * not the one followed before, calls `onNotice` and lists it from the start. Throws MirrorError if the feed contradicts
 * itself.
 */
export async function* papersOfFeed(
  mirror: RemoteMirror,
  start: Followed,
  cursor: Cursor,
  onNotice: (line: string) => void = () => {},
): AsyncGenerator<ListedPaper, string> {
  let after = start;
  let isAnew = false;
  for (;;) {
    const page = await mirror.feedPage(after.position);
    // The feed's history differs from the one followed, so all papers have to be listed again.
    if (after.checksum !== null && page.checksumAfter !== after.checksum) {
      if (isAnew) throw new MirrorError(`${mirror.baseUrl}/feed is inconsistent between pages.`);
      isAnew = true;
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
  const completions = new Map<PithNumber, (() => Followed | null)[]>();
  for (const { position, checksum, pithNumber } of changes) {
    const complete = cursor.begin({ position, checksum });
    const known = completions.get(pithNumber);
    if (known === undefined) completions.set(pithNumber, [complete]);
    else known.push(complete);
  }
  for (const [pithNumber, list] of completions) {
    yield { wanted: { suffix: suffixOf(pithNumber), year: pithNumber.slice(5, 9) }, completions: list };
  }
}

/** The papers of a list after a position, which counts the lines that name a paper. */
export async function* papersOfList(
  numbers: readonly ListedNumber[],
  start: Followed,
  cursor: Cursor,
): AsyncGenerator<ListedPaper, null> {
  for (const [index, wanted] of numbers.entries()) {
    const position = BigInt(index) + 1n;
    if (position <= start.position) continue;
    yield { wanted, completions: [cursor.begin({ position, checksum: null })] };
  }
  return null;
}
