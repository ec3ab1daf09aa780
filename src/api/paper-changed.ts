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
  description: "That something was added to a paper.",
  fields: (t) => ({
    paper: t.field({
      type: PaperObject,
      description:
        "The paper as it is now, when this is told: later than the change, where changes are told late.",
      resolve: ({ paper }) => paper,
    }),
    stateSha256: t.exposeString("stateSha256", {
      description:
        "SHA-256 of the paper's state after this change, in lower-case hex: `paper.state.sha256` where none came since.",
    }),
    position: t.string({
      description:
        "The change's place in this mirror's feed: for `after`. The event stream has it as the event's id.",
      resolve: ({ position }) => String(position),
    }),
  }),
});

builder.subscriptionField("paperChanged", (t) =>
  t.field({
    type: PaperChangeObject,
    description:
      "Told whenever something is added to a paper, by whichever process took it in; each change once, in the order in which " +
      "they were committed. A paper whose canonical record is not known is not told of. A client that lost its connection " +
      "goes on where it was, with the header Last-Event-ID, as browsers send it by themselves, or with `after`; so it " +
      "misses nothing, and a restart of the server is no gap.",
    args: {
      refs: t.arg.stringList({
        description:
          `The papers, named as for \`paper\`, at most ${maximumPageSize}; held or not: one that comes later is told of. ` +
          "An arXiv id without version stands for all versions. All papers unless told; an empty list fits none.",
      }),
      after: t.arg.string({
        description:
          "The position after which to begin: a change's `position`, or an event's id. Now unless told; the header " +
          "Last-Event-ID comes first. One that this mirror's feed has not come to: BAD_USER_INPUT.",
      }),
    },
    subscribe: async (_root, { refs, after }, context) => {
      const wanted = new WantedPapers(refs ?? null);
      const given = readPosition(context.live.resumeAfter ?? after ?? null);
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
  throw badUserInput("`after`, or Last-Event-ID, must be a position of the feed: a whole number.");
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
