import type { PithNumber } from "../protocol/index.ts";
import { readStates } from "./compare-states.ts";
import { createFetcher } from "./fetcher.ts";
import { RemoteMirror } from "./remote-mirror.ts";
import type { UrlPolicy } from "./url-policy.ts";

export type MirrorDifference = {
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
