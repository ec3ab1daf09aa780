import { builder } from "./builder.ts";
import { maximumPageSize } from "./connections.ts";
import type { ChangeFollower, Context } from "./context.ts";
import { badUserInput } from "./errors.ts";
import type { PaperRow } from "./loaders/papers.ts";
import { PaperObject } from "./objects.ts";
import { WantedPapers } from "./wanted-papers.ts";

type PaperChange = { readonly position: bigint; readonly paper: PaperRow; readonly stateSha256: string };

const PaperChangeObject = builder.objectRef<PaperChange>("PaperChange");

PaperChangeObject.implement({
  description: "An addition to a paper.",
  fields: (t) => ({
    paper: t.field({
      type: PaperObject,
      description: "The paper at the time of delivery, which may include later changes.",
      resolve: ({ paper }) => paper,
    }),
    stateSha256: t.exposeString("stateSha256", {
      description:
        "The SHA-256 of the paper's state after this change, in lower-case hex. Differs from `paper.state.sha256` if later changes " +
        "followed.",
    }),
    position: t.string({
      description:
        "The position of the change in this mirror's feed, for `afterPosition`. Also the id of the server-sent event.",
      resolve: ({ position }) => String(position),
    }),
  }),
});

builder.subscriptionField("paperChanged", (t) =>
  t.field({
    type: PaperChangeObject,
    description:
      "Delivers each addition to a stored paper once, in the order of commits. A client that reconnects with the header " +
      "Last-Event-ID, which browsers send themselves, or with `afterPosition` misses nothing.",
    args: {
      refs: t.arg.stringList({
        description:
          `The papers, stored or not, in any form that \`Query.paper\` accepts; maximum ${maximumPageSize}. An arXiv id without ` +
          "version names all versions. Defaults to all papers; an empty list matches nothing.",
      }),
      afterPosition: t.arg.string({
        description:
          "Deliver changes after this `position`. Defaults to the present; the header Last-Event-ID takes precedence.",
      }),
    },
    subscribe: async (_root, { refs, afterPosition }, context) => {
      const wanted = new WantedPapers(refs ?? null);
      const given = readPosition(context.live.resumeAfter ?? afterPosition ?? null);
      const follower = context.live.follow();
      try {
        // Told of a change, a client sees what changed: nothing is read from a replica that may be behind.
        Object.assign(context, context.renew());
        const head = await follower.head();
        if (given !== null && given > head) {
          throw badUserInput(
            `The feed of this mirror ends at ${head}: ${given} is not one of its positions.`,
          );
        }
        context.live.sent = given ?? head;
        return untilReturned(follower, changesOf(wanted, given ?? head, follower, context));
      } catch (error) {
        follower.end();
        throw error;
      }
    },
    resolve: (change) => change,
  }),
);

function readPosition(text: string | null): bigint | null {
  if (text === null) return null;
  if (/^(?:0|[1-9]\d{0,17})$/.test(text)) return BigInt(text);
  throw badUserInput("`afterPosition`, or Last-Event-ID, must be a position of the feed: a whole number.");
}

async function* changesOf(
  wanted: WantedPapers,
  start: bigint,
  follower: ChangeFollower,
  context: Context,
): AsyncGenerator<PaperChange> {
  const { live, database } = context;
  let position = start;
  try {
    for (;;) {
      // Who asks for the next change has sent those before.
      live.sent = position;
      const changes = await follower.next(position);
      if (changes === null) return;
      for (const { change, keys } of await wanted.among(database, changes)) {
        // What was read for the change before is old by now.
        Object.assign(context, context.renew());
        const paper = await context.loaders.paper.load(change.paperId);
        if (paper === null || !wanted.includes(paper, keys)) continue;
        live.given = change.position;
        yield { position: change.position, paper, stateSha256: change.stateSha256 };
      }
      position = changes.at(-1)?.position ?? position;
    }
  } finally {
    follower.end();
  }
}

/** A generator can be ended while it waits, too: the wait ends first. */
function untilReturned(
  follower: ChangeFollower,
  changes: AsyncGenerator<PaperChange>,
): AsyncGenerator<PaperChange> {
  const end = changes.return.bind(changes);
  changes.return = (value) => {
    follower.end();
    return end(value);
  };
  return changes;
}
