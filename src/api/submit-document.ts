import { builder } from "./builder.ts";
import { SubmissionObject } from "./submission.ts";
import { readSubmissions, type SubmissionRow } from "./submission-rows.ts";

const SubmissionPayloadObject = builder.objectRef<SubmissionRow>("SubmissionPayload");

SubmissionPayloadObject.implement({
  description: "The result of `submitDocument`.",
  fields: (t) => ({
    submission: t.field({
      type: SubmissionObject,
      description: "The stored submission. Query `node` with its id to follow its status.",
      resolve: (row) => row,
    }),
  }),
});

builder.mutationType({ description: "Write access: the submission of documents." });

builder.mutationField("submitDocument", (t) =>
  t.field({
    type: SubmissionPayloadObject,
    description:
      "Submits a document and returns once it is stored; a worker then verifies and merges it. Requires the header " +
      "`Authorization: Bearer <token>`.",
    args: {
      document: t.arg.string({
        required: true,
        description: "The raw text of a bundle or a state document.",
      }),
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
