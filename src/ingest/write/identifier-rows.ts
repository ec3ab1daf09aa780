import type { Proof } from "../../protocol/index.ts";
import type { IdentifierKind } from "../../store/index.ts";
import { bigintArray, type Cell } from "../../store/rows.ts";
import { readVoices } from "../../store/voices.ts";
import type { Evidence, Identifier } from "./evidence.ts";
import { inKeyOrder } from "./row-order.ts";
import type { WriteSession } from "./session.ts";
import { voicesOfDecision } from "./voices.ts";

/** The identifiers of these ids as they are stored, or those that stand for one of these. */
export async function readIdentifiers(
  session: WriteSession,
  column: "identifier_id" | "target_id",
  ids: Iterable<bigint>,
): Promise<Map<bigint, Identifier>> {
  const rows = await session.rowsBefore<
    [
      id: string,
      kind: IdentifierKind,
      value: string,
      targetId: string | null,
      targetKind: Evidence["targetKind"] | null,
      standing: Proof | null,
      workId: string,
      voices: string | null,
    ]
  >(
    `SELECT identifier_id, kind, value, target_id, target_kind, target_standing, work_id, voices
     FROM work_identifiers WHERE ${column} = ANY($1::bigint[])`,
    [bigintArray(ids)],
  );
  const identifiers = new Map<bigint, Identifier>();
  for (const [idText, kind, value, targetId, targetKind, standing, workId, voices] of rows) {
    const id = BigInt(idText);
    const target =
      targetId === null || targetKind === null || standing === null
        ? null
        : { targetId: BigInt(targetId), targetKind, standing };
    // Most identifiers stand for themselves.
    identifiers.set(id, {
      id,
      kind,
      value,
      target,
      voices: voices === null || standing === null ? null : { standing, list: readVoices(voices) },
      workId: workId === idText ? id : BigInt(workId),
    });
  }
  return identifiers;
}

/** Writes rows of `work_identifiers` of which it is known which are new. */
export function writeIdentifiers(
  session: WriteSession,
  { added, changed, gone }: { added: Identifier[]; changed: Identifier[]; gone: ReadonlySet<bigint> },
): void {
  session.put(
    "work_identifiers",
    ["identifier_id", "kind", "value", "target_id", "target_kind", "target_standing", "work_id", "voices"],
    {
      added: inKeyOrder(added, ({ id }) => id).map(cellsOf),
      changed: inKeyOrder(changed, ({ id }) => id).map(cellsOf),
    },
    `ON CONFLICT (identifier_id) DO UPDATE SET target_id = excluded.target_id, target_kind = excluded.target_kind,
       target_standing = excluded.target_standing, work_id = excluded.work_id, voices = excluded.voices`,
  );
  if (gone.size > 0) {
    session.write("DELETE FROM work_identifiers WHERE identifier_id = ANY($1::bigint[])", [
      bigintArray(gone),
    ]);
  }
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
    voicesOfDecision({ target, voices }),
  ];
}
