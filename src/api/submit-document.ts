import { builder } from "./builder.ts";
import { SubmissionObject } from "./submission.ts";
import { readSubmissions, type SubmissionRow } from "./submission-rows.ts";

const SubmissionPayloadObject = builder.objectRef<SubmissionRow>("SubmissionPayload");

SubmissionPayloadObject.implement({
  description: "The answer to a submitted document.",
  fields: (t) => ({
    submission: t.field({
      type: SubmissionObject,
      description: "It is on disk. `node` with its id tells later what became of it.",
      resolve: (row) => row,
    }),
  }),
});

builder.mutationType({ description: "What changes this mirror: new documents, and nothing else." });

builder.mutationField("submitDocument", (t) =>
  t.field({
    type: SubmissionPayloadObject,
    description:
      "Submits a document. Needs a token, in the request's header `Authorization: Bearer …`. Answers once the document " +
      "is on disk; a worker verifies and merges it right after. UNAUTHENTICATED without a token, RATE_LIMITED beyond " +
      "the token's limits, QUEUE_FULL where too much is waiting; DOCUMENT_REJECTED, with `documentCode` beside it, where the text is no document at all. " +
      "Signatures are judged by the worker. Larger documents, and many at once, go to `POST /ingest`.",
    args: {
      document: t.arg.string({ required: true, description: "A bundle or a state as its raw text." }),
    },
    resolve: async (_root, { document }, context) => {
      const id = await context.submit(document);
      // Who has written sees it: the rest of the request is read anew, and from where it was written.
      Object.assign(context, context.renew());
      const row = (await readSubmissions(context.database, [id])).get(id);
      if (row === undefined) throw new Error("A submission that was stored is gone.");
      return row;
    },
  }),
);
