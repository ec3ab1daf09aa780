import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AcceptedEvent,
  canonicalJson,
  eventFromLog,
  type JsonObject,
  type JsonValue,
  LogReader,
  type MergeEvent,
  mergeEvents,
  type PithNumber,
  parseJson,
  verifyEventCopy,
} from "../../src/protocol/index.ts";
import { arbitraryHistory } from "./arbitrary-history.ts";
import { arbitraryJson, arbitraryText } from "./arbitrary-json.ts";
import { keyring, pithNumber as paper, registry, signedEvent } from "./signed-events.ts";

function accepted(copy: JsonValue, pithNumber: PithNumber = paper): AcceptedEvent | null {
  const judgement = verifyEventCopy(copy, { pithNumber, keyring, minimumProof: "hash" });
  return judgement.accepted ? judgement.event : null;
}

function fromLog({ text, id, proof, fault, signature }: AcceptedEvent): AcceptedEvent {
  return eventFromLog(text, parseJson(text) as JsonObject, { id, proof, fault, signature });
}

/** An event as `LogReader` returns it. */
function mergeEventOf({
  payload: _p,
  signature: _s,
  subject: _b,
  text: _t,
  ...event
}: AcceptedEvent): MergeEvent {
  return { ...event, supersedes: [...event.supersedes] };
}

describe("an event read back from the log", () => {
  test("equals the accepted event, with any payload and target", () => {
    fc.assert(
      fc.property(
        fc.dictionary(arbitraryText, arbitraryJson, { maxKeys: 4 }),
        arbitraryText,
        (payload, target) => {
          const copy = signedEvent(registry, { event_type: "correction", payload, target });
          const event = accepted(parseJson(canonicalJson(copy)) as JsonObject);
          expect(event).not.toBeNull();
          if (event !== null) {
            expect(fromLog(event)).toEqual(event);
            expect(event.payloadText).toBe(canonicalJson(payload));
            const { id, proof, fault } = event;
            expect(new LogReader().read(event.text, { id, proof, fault })).toEqual(mergeEventOf(event));
          }
        },
      ),
    );
  });

  test("is parsed correctly even if its payload, type or target contain the text of other members", () => {
    const texts = [
      ',"target":"x"}',
      ',"prev_event":null,"schema_version":"1.0","signer":{}',
      '","payload":{}',
      ",",
      "\\",
      '\\","target":"',
    ];
    for (const text of texts) {
      const payload = {
        payload: { prev_event: text, target: text, [text]: text },
        prev_event: null,
        zeta: [text],
      };
      const copy = signedEvent(registry, { event_type: text, payload, target: text });
      const event = accepted(parseJson(canonicalJson(copy)) as JsonObject) as AcceptedEvent;
      const { id, proof, fault } = event;
      expect(new LogReader().read(event.text, { id, proof, fault })).toEqual(mergeEventOf(event));
    }
  });

  test("merges to the same state for random histories", () => {
    fc.assert(
      fc.property(arbitraryHistory, ({ copies, aliases, bundle }) => {
        const pithNumber = bundle([])["pith_number"] as PithNumber;
        const events = copies.map((copy) => accepted(copy, pithNumber)).filter((event) => event !== null);
        const read = events.map(fromLog);
        expect(read).toEqual(events);
        const reader = new LogReader();
        const merged = events.map(({ id, proof, fault, text }) => reader.read(text, { id, proof, fault }));
        expect(merged).toEqual(events.map(mergeEventOf));
        expect(mergeEvents(pithNumber, read, aliases).text).toBe(
          mergeEvents(pithNumber, events, aliases).text,
        );
      }),
      { numRuns: 50 },
    );
  });
});
