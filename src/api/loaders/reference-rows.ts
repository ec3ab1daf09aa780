import { eq, getTableColumns, type SQL } from "drizzle-orm";
import { references } from "../../store/tables/index.ts";

const { arxivId: _arxivId, doiId: _doiId, workUuidId: _workUuidId, ...columns } = getTableColumns(references);

/** The columns of a reference that are shown, or needed for what is. */
export const shownColumns = columns;

export type ReferenceRow = Omit<typeof references.$inferSelect, "arxivId" | "doiId" | "workUuidId">;

export type ReferenceFilter = {
  readonly internalAnchor: boolean | null;
  /** Whether a paper of the cited work is held. */
  readonly held: boolean | null;
};

export type HeldFilter = ReferenceFilter & { readonly held: boolean };

/** The condition on `references` that a filter asks for; what is held another table tells. */
export function isAnchor({ internalAnchor }: ReferenceFilter): SQL | undefined {
  return internalAnchor === null ? undefined : eq(references.isInternalAnchor, internalAnchor);
}
