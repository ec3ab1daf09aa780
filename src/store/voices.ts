/** Another identifier that a DOI or work id stands for. */
export type Target = { readonly targetId: bigint; readonly targetKind: "arxiv" | "doi" };

/** How many papers say one thing of an identifier: that it stands for another, or nothing but itself. */
export type Voice = { readonly target: Target | null; readonly papers: number };

type Cell = [targetId: string | null, targetKind: Target["targetKind"] | null, papers: number];

/** As the column `work_identifiers.voices` has them. */
export function voicesText(voices: readonly Voice[]): string {
  const cells = voices.map(
    ({ target, papers }): Cell => [target?.targetId.toString() ?? null, target?.targetKind ?? null, papers],
  );
  return JSON.stringify(cells);
}

export function readVoices(text: string): Voice[] {
  return (JSON.parse(text) as Cell[]).map(([id, kind, papers]) => ({
    target: id === null || kind === null ? null : { targetId: BigInt(id), targetKind: kind },
    papers,
  }));
}
