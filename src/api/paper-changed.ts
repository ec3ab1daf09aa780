import { type PaperRef, parsePaperRef } from "../protocol/index.ts";
import type { Change, Database } from "../store/index.ts";
import { maxPageSize } from "./argument-limits.ts";
import { builder } from "./builder.ts";
import type { ChangeFollower, Context } from "./context.ts";
import { badUserInput } from "./errors.ts";
import { type ColumnSet, isPithNumberOf, type PaperRow, paperColumns } from "./loaders/index.ts";
import { PaperObject } from "./objects.ts";
import { selectedColumns } from "./selected-columns.ts";

/** A change, and the look-up keys of its paper that the subscription names. */
type Candidate = { readonly change: Change; readonly keys: ReadonlySet<string> };

/**
 * The papers that a subscription covers: those that its refs name, now or later. A paper that is not stored yet is
 * delivered once it is imported. An arXiv id without version covers all versions. Without refs, all papers.
 */
class SubscribedPapers {
  readonly #refs: readonly PaperRef[] | null;

  /** Throws BAD_USER_INPUT if a ref names no paper, or if there are too many. */
  constructor(refs: readonly string[] | null) {
    if (refs !== null && refs.length > maxPageSize) {
      throw badUserInput(`\`refs\` may name at most ${maxPageSize} papers, not ${refs.length}.`);
    }
    this.#refs = refs?.map(readRef) ?? null;
  }

  /** The changes that may concern subscribed papers. Runs one statement at most. */
  async candidates({ pool }: Pick<Database, "pool">, changes: readonly Change[]): Promise<Candidate[]> {
    const candidates = changes.map((change) => ({ change, keys: new Set<string>() }));
    if (this.#refs === null) return candidates;
    const keys = this.#refs.map(keyOf).filter((key) => key !== null);
    if (keys.length > 0) {
      const { rows } = await pool.query<{ key: string; paper_id: string }>(
        "SELECT key, paper_id FROM paper_keys WHERE key = ANY($1::text[]) AND paper_id = ANY($2::bigint[])",
        [keys, changes.map(({ paperId }) => paperId)],
      );
      for (const { key, paper_id: id } of rows) {
        for (const { change, keys } of candidates) if (change.paperId === BigInt(id)) keys.add(key);
      }
    }
    return candidates.filter(
      ({ change, keys }) =>
        keys.size > 0 || this.#refs?.some((ref) => isPithNumberOf(ref, change.pithNumber)),
    );
  }

  /** Whether the subscription covers a candidate's paper: refs may name a version. */
  includes({ pithNumber, sourceVersion }: Versioned, keys: ReadonlySet<string>): boolean {
    if (this.#refs === null) return true;
    return this.#refs.some((ref) => {
      if (ref.kind === "pith") return isPithNumberOf(ref, pithNumber);
      const isNamed = keys.has(keyOf(ref) ?? "");
      return isNamed && (ref.kind !== "arxiv" || ref.version === null || ref.version === sourceVersion);
    });
  }
}

function readRef(ref: string): PaperRef {
  const parsed = parsePaperRef(ref);
  if (parsed !== null && parsed.kind !== "work_id") return parsed;
  throw badUserInput(
    `${JSON.stringify(ref.slice(0, 100))} names no paper. \`refs\` takes what \`paper(ref:)\` takes.`,
  );
}

/** The key as in the table `paper_keys`. */
function keyOf(ref: PaperRef): string | null {
  return ref.kind === "arxiv" ? `arxiv:${ref.id}` : ref.kind === "doi" ? `doi:${ref.doi}` : null;
}

/** What decides whether a subscription covers a paper. */
const decidingColumns = paperColumns.of("pithNumber", "sourceVersion");
type Versioned = Pick<PaperRow, "pithNumber" | "sourceVersion">;

type PaperChange = { readonly position: bigint; readonly paper: PaperRow; readonly stateSha256: string };

const PaperChangeObject = builder.objectRef<PaperChange>("PaperChange").implement({
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
          `The papers, stored or not, in any form that \`Query.paper\` accepts; maximum ${maxPageSize}. Defaults ` +
          "to all papers; an empty list matches nothing, and an arXiv id without version matches all versions.",
      }),
      afterPosition: t.arg.string({
        description:
          "Deliver changes after this `position`. Defaults to the present; the header Last-Event-ID takes precedence.",
      }),
    },
    subscribe: async (_root, { refs, afterPosition }, context, info) => {
      const subscribed = new SubscribedPapers(refs ?? null);
      const resumeAt = readPosition(context.live.resumeAfter ?? afterPosition ?? null);
      const follower = context.live.follow();
      try {
        // A client must see the change that it is notified of, so nothing is read from a replica that may be behind.
        Object.assign(context, context.renew());
        const head = await follower.head();
        if (resumeAt !== null && resumeAt > head) {
          throw badUserInput(
            `The feed of this mirror ends at ${head}: ${resumeAt} is not one of its positions.`,
          );
        }
        context.live.sentUpTo = resumeAt ?? head;
        const columns = selectedColumns(info, "Paper", [["paper"]]).union(decidingColumns);
        return endingOnReturn(follower, changesOf(subscribed, resumeAt ?? head, columns, follower, context));
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
  subscribed: SubscribedPapers,
  start: bigint,
  columns: ColumnSet<PaperRow>,
  follower: ChangeFollower,
  context: Context,
): AsyncGenerator<PaperChange> {
  const { live, database } = context;
  let position = start;
  try {
    for (;;) {
      // A client that requests the next change has been sent the previous ones.
      live.sentUpTo = position;
      const changes = await follower.next(position);
      if (changes === null) return;
      for (const { change, keys } of await subscribed.candidates(database, changes)) {
        // Reads of the previous change may be outdated.
        Object.assign(context, context.renew());
        const paper = await context.loaders.paper.for(columns).get(change.paperId);
        if (paper === null || !subscribed.includes(paper, keys)) continue;
        live.lastYielded = change.position;
        yield { position: change.position, paper, stateSha256: change.stateSha256 };
      }
      position = changes.at(-1)?.position ?? position;
    }
  } finally {
    follower.end();
  }
}

/** Returns a generator that can also be ended while it waits: that ends the wait first. */
function endingOnReturn(
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
