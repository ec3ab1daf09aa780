import type { GraphChanges } from "../../store/graph-payload.ts";
import { writeCitations } from "./citations.ts";
import { settleIdentifiers } from "./identifiers.ts";
import type { LogWrite } from "./log.ts";
import { changeOf, type PaperTarget } from "./paper-change.ts";
import { readPapersBefore, writePapers } from "./papers.ts";
import { writeReferences } from "./references.ts";
import type { WriteSession } from "./session.ts";
import { totalsStatement } from "./totals.ts";
import { readOtherPapers } from "./work-papers.ts";
import { writeWorks } from "./works.ts";

/**
 * Makes the derived rows of papers what their states say; those of the papers in `added` that concern them alone are
 * written already. Returns what that changes in the citation graph.
 */
export async function writeDerived(
  session: WriteSession,
  targets: readonly PaperTarget[],
  writes: readonly LogWrite[],
  added: ReadonlyMap<bigint, LogWrite>,
): Promise<GraphChanges> {
  const known = new Set(writes.filter(({ held }) => held.pithNumber !== null).map(({ paperId }) => paperId));
  const before = await readPapersBefore(session, [...known]);
  const changes = targets.map((target) =>
    changeOf(target, before.get(target.paperId) ?? null, known.has(target.paperId)),
  );
  const others = await readOtherPapers(session, changes);
  await writePapers(
    session,
    changes.filter(({ paperId }) => !added.has(paperId)),
  );
  const identifiers = await settleIdentifiers(session, changes);
  const referenceChanges = await writeReferences(session, changes, identifiers);
  const citations = await writeCitations(session, changes, referenceChanges, others);
  const works = await writeWorks(session, changes, identifiers, referenceChanges, citations, others);

  let papers = 0;
  let claims = 0;
  for (const { row, before } of changes) {
    papers += Number(row !== null) - Number(before !== null);
    claims += (row?.claimCount ?? 0) - (before?.claimCount ?? 0);
  }
  let events = 0;
  let invalidEvents = 0;
  for (const { held, state } of writes) {
    events += state.events.length - held.events.size;
    invalidEvents += state.events.length - state.validCount - held.invalidCount;
  }
  session.write(
    ...totalsStatement({
      papers,
      works: works.added.length - works.removed.length,
      claims,
      citations: citations.total,
      events,
      invalid_events: invalidEvents,
    }),
  );
  return {
    addedWorks: works.added,
    removedWorks: works.removed,
    putEdges: citations.putEdges,
    removedEdges: citations.removedEdges,
  };
}
