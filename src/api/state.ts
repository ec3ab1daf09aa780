import { mergeVersion } from "../protocol/index.ts";
import { appliedEventIds } from "../store/states/index.ts";
import type { Context } from "./context.ts";
import { JsonText } from "./json-text.ts";
import type { PaperRow } from "./loaders/papers.ts";
import { StateObject } from "./objects.ts";
import { required } from "./required.ts";

StateObject.implement({
  description:
    "The paper's state: what the deterministic merge makes of all its events. Any mirror that holds the same events " +
    "has the same state, byte for byte, and so the same `sha256`.",
  fields: (t) => ({
    sha256: t.exposeString("stateSha256", {
      description:
        "SHA-256 in lower-case hex over the canonical JSON of `document` without its `state_sha256`.",
    }),
    mergeVersion: t.string({ description: "The rules of the merge.", resolve: () => mergeVersion }),
    eventCount: t.exposeInt("eventCount", {
      description: "Distinct events: the valid and the invalid ones.",
    }),
    validEventCount: t.exposeInt("validEventCount", {
      description: "Events that the rules found no fault with.",
    }),
    invalidEventCount: t.int({
      description: "Events that are authentic, yet wrong.",
      resolve: ({ eventCount, validEventCount }) => eventCount - validEventCount,
    }),
    equivocationCount: t.exposeInt("equivocationCount", {
      description: "Places that a signer filled twice.",
    }),
    appliedEventIds: t.stringList({
      description: "The events that were applied, in merge order, superseded ones included: `sha256:…`.",
      resolve: async (paper, _args, context) => appliedEventIds(await mergedState(paper, context)),
    }),
    document: t.field({
      type: "JSON",
      description:
        "The whole state document, `state_sha256` included, merged from the log as it is now. Large: it holds every " +
        "payload.",
      resolve: async (paper, _args, context) => {
        const { text } = await mergedState(paper, context);
        const { allowance, loaders } = context;
        // Many requests may have waited for the same state: each takes milliseconds to make a string of it.
        if (allowance.isTurnOver) await allowance.pause(loaders.batches);
        return new JsonText((text ?? "null").toString());
      },
    }),
  }),
});

function mergedState({ paperId, pithNumber }: PaperRow, { loaders }: Context) {
  return required(loaders.state.load({ paperId, pithNumber }), "log");
}
