import type { PithNumber } from "../protocol/index.ts";
import { readStates } from "./compare-states.ts";
import { createFetcher } from "./fetcher.ts";
import { RemoteMirror } from "./remote-mirror.ts";
import type { UrlPolicy } from "./url-policy.ts";

export type MirrorComparison = {
  readonly isEqual: boolean;
  /** The checksums of the sets of all states. */
  readonly checksums: readonly [first: string, second: string];
  /** Sorted Pith numbers; null if a feed has too many changes to be compared. */
  readonly differences: {
    readonly onlyFirst: readonly PithNumber[];
    readonly onlySecond: readonly PithNumber[];
    /** Papers that both list, with different states. */
    readonly different: readonly PithNumber[];
  } | null;
};

/**
 * Compares the states that two mirrors list in their feeds, which are read only if the checksums differ. The addresses
 * are normalized by `readBaseUrl`. Rejects with MirrorError if a mirror does not answer or does not behave like one.
 */
export async function compareMirrors(
  baseUrls: readonly [string, string],
  policy: UrlPolicy,
): Promise<MirrorComparison> {
  const fetcher = createFetcher({ policy });
  const { signal } = new AbortController();
  const mirrorAt = (baseUrl: string) =>
    // No documents are fetched.
    new RemoteMirror({ baseUrl, fetcher, policy, maximumBytes: 0 }, signal);
  const [first, second] = [mirrorAt(baseUrls[0]), mirrorAt(baseUrls[1])];
  try {
    const heads = await Promise.all([first.feedPage(0n, 1), second.feedPage(0n, 1)]);
    const checksums = [heads[0].head.checksum, heads[1].head.checksum] as const;
    if (checksums[0] === checksums[1]) {
      return { isEqual: true, checksums, differences: { onlyFirst: [], onlySecond: [], different: [] } };
    }
    const [a, b] = await Promise.all([readStates(first), readStates(second)]);
    if (a === null || b === null) return { isEqual: false, checksums, differences: null };
    const onlyFirst = [...a.keys()].filter((number) => !b.has(number)).sort();
    const onlySecond = [...b.keys()].filter((number) => !a.has(number)).sort();
    const different = [...a]
      .filter(([number, { stateSha256 }]) => b.has(number) && b.get(number)?.stateSha256 !== stateSha256)
      .map(([number]) => number)
      .sort();
    const isEqual = onlyFirst.length + onlySecond.length + different.length === 0;
    return { isEqual, checksums, differences: { onlyFirst, onlySecond, different } };
  } finally {
    fetcher.close();
  }
}
