/** The year that references state for a work, where it differs from its own; null otherwise. */
export function statedYearOf(work: object): number | null {
  const { statedYear } = work as { readonly statedYear?: number | null };
  return statedYear ?? null;
}
