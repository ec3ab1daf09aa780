import { type AcceptedEvent, canonicalJson, proofRank } from "../../protocol/index.ts";
import type { Arrival } from "../arrival.ts";
import { type AddedAliases, addAlias } from "./aliases.ts";
import type { Held } from "./held.ts";

/** What documents add to a paper's log. */
export type Addition = {
  /** New events, and events of which a better copy came. */
  readonly events: Map<string, AcceptedEvent>;
  readonly aliases: AddedAliases;
  readonly publishedStates: Map<string, string>;
  /** The canonical text of the record, where a bundle is the first to bring it. */
  readonly record: string | null;
};

/** Compares what arrives with what is held; null where it adds nothing. Order and repeats do not matter. */
export function additionOf(arrivals: readonly Arrival[], held: Held): Addition | null {
  const addition = { events: new Map(), aliases: new Map(), publishedStates: new Map(), record: null } as {
    -readonly [Member in keyof Addition]: Addition[Member];
  };
  for (const { document, publishedResult, record } of arrivals) {
    for (const event of document.events) {
      const id = event.id.slice(7);
      const known = addition.events.get(id);
      const other =
        known === undefined ? held.events.get(id) : { proof: known.proof, signature: signatureText(known) };
      if (other === undefined || isBetterCopy(event, other)) addition.events.set(id, event);
    }
    for (const alias of document.aliases) addAlias(addition.aliases, alias, held.aliases);
    const published = document.published?.sha256;
    if (published !== undefined && publishedResult !== null && !held.publishedStates.has(published)) {
      addition.publishedStates.set(published, publishedResult);
    }
    if (record !== null && !held.hasRecord) addition.record = record;
  }
  const isNothing =
    held.pithNumber !== null &&
    addition.record === null &&
    addition.events.size + addition.aliases.size + addition.publishedStates.size === 0;
  return isNothing ? null : addition;
}

export function signatureText(event: Pick<AcceptedEvent, "signature">): string | null {
  return event.signature === null ? null : canonicalJson(event.signature);
}

/** The higher proof counts; of two signatures the one whose text is smaller, so that order does not matter. */
function isBetterCopy(event: AcceptedEvent, other: { proof: string; signature: string | null }): boolean {
  const difference = proofRank(event.proof) - proofRank(other.proof as AcceptedEvent["proof"]);
  if (difference !== 0 || other.signature === null) return difference > 0;
  const text = signatureText(event);
  return text !== null && text < other.signature;
}
