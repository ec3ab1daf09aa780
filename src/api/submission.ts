import { isPithNumber } from "../protocol/index.ts";
import { paperIdOf } from "../store/ids.ts";
import { builder } from "./builder.ts";
import { PaperObject } from "./objects.ts";
import { readSubmissions, refusedLinesOf, type SubmissionRow, submissionErrorOf } from "./submission-rows.ts";

const SubmissionStatusEnum = builder.enumType("SubmissionStatus", {
  description: "How far a submission has come.",
  values: {
    QUEUED: { value: "queued", description: "It is kept, and waits for a worker." },
    MERGED: {
      value: "merged",
      description: "The document is part of what this mirror holds, or added nothing to it.",
    },
    REJECTED: { value: "rejected", description: "The document was refused: `error` says why." },
    FAILED: { value: "failed", description: "This mirror could not take it in, and has given up." },
  },
});

export const SubmissionObject = builder.objectRef<SubmissionRow>("Submission");

builder.node(SubmissionObject, {
  description:
    "A document that somebody submitted, and what became of it. Whoever knows its id may ask; nobody can guess it.",
  id: { description: "Made of a random UUID.", resolve: ({ submissionId }) => submissionId },
  loadMany: async (ids, { database, loaders }) => {
    const rows = await loaders.batches.track(() => readSubmissions(database, ids));
    return ids.map((id) => rows.get(id) ?? null);
  },
  fields: (t) => ({
    status: t.field({
      type: SubmissionStatusEnum,
      description: "How far it has come.",
      resolve: ({ status }) => status,
    }),
    receivedAt: t.expose("receivedAt", {
      type: "DateTime",
      description: "When this mirror had it on disk.",
    }),
    pithNumber: t.exposeString("pithNumber", {
      nullable: true,
      description: "The paper that the document is about, as far as it could be read; null while it waits.",
    }),
    error: t.string({
      nullable: true,
      description:
        "Of a rejected document the error's code and a sentence, as `UNSIGNED: …`; of a merged one the events that were " +
        "not let in, each with its reason; null where nothing was refused.",
      resolve: (row) => {
        const error = submissionErrorOf(row);
        if (error !== null) return `${error.code}: ${error.message}`;
        const refused = refusedLinesOf(row);
        return refused.length === 0 ? null : `Not let in: ${refused.join(", ")}`;
      },
    }),
    paper: t.field({
      type: PaperObject,
      nullable: true,
      description: "The paper, once the document is merged and its canonical record is known.",
      resolve: async ({ status, pithNumber }, _args, { loaders }) => {
        if (status !== "merged" || pithNumber === null || !isPithNumber(pithNumber)) return null;
        const paper = await loaders.paper.load(paperIdOf(pithNumber));
        return paper?.pithNumber === pithNumber ? paper : null;
      },
    }),
  }),
});

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
