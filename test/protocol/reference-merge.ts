/**
 * Sections 5.9 to 6.2 of PROTOCOL.md, written down once more from the text alone and as slowly as it reads:
 * recursion, scans of the whole set, nothing remembered but answers. It shares no code with src/protocol and
 * knows events only by what the rules name.
 */
export type ReferenceEvent = {
  readonly id: string;
  /** Microseconds since year 0, or anything else that compares as the instants do. */
  readonly instant: bigint;
  readonly type: string;
  readonly target: string;
  readonly fingerprint: string;
  readonly signerId: string;
  readonly prev: string | null;
  readonly supersedes: readonly string[];
  /** The highest of the proofs of its accepted copies. */
  readonly proof: number;
  /** What rules 7 and 8 say of it. */
  readonly fault: string | null;
};

export type ReferenceMerge = {
  readonly invalid: Record<string, string>;
  readonly standing: Record<string, number>;
  readonly valid: readonly string[];
  readonly applied: readonly string[];
  readonly current: readonly string[];
  readonly equivocations: readonly (readonly string[])[];
};

const types = [
  "record_created",
  "graph_snapshot",
  "author_attestation",
  "timestamp_anchor",
  "storage_attestation",
  "citation_signature",
  "replication_record",
  "correction",
  "mirror_hint",
];

export function referenceMerge(events: readonly ReferenceEvent[]): ReferenceMerge {
  const find = (id: string) => events.find((event) => event.id === id);
  const linksOf = (event: ReferenceEvent) => [
    ...(event.prev === null ? [] : [event.prev]),
    ...event.supersedes,
  ];

  // "the highest of its own proof and the standing of those such events of exactly the same signer that link to it"
  const standingOf: (event: ReferenceEvent) => number = remembered((event): number => {
    const vouching = events.filter(
      (other) =>
        other.fault === null && other.fingerprint === event.fingerprint && linksOf(other).includes(event.id),
    );
    return event.fault === null ? Math.max(event.proof, ...vouching.map(standingOf)) : event.proof;
  });

  const reasonOf: (event: ReferenceEvent) => string | null = remembered((event): string | null => {
    if (event.fault !== null) return event.fault;
    const resolves = (id: string) => {
      const other = find(id);
      return other !== undefined && reasonOf(other) === null;
    };
    if (event.prev !== null && !resolves(event.prev)) return "PREV_EVENT_UNRESOLVED";
    if (!event.supersedes.every(resolves)) return "SUPERSEDES_UNRESOLVED";
    const isForbidden = (other: ReferenceEvent) =>
      other.signerId !== event.signerId ||
      other.type !== event.type ||
      other.target !== event.target ||
      standingOf(other) > standingOf(event);
    const superseded = event.supersedes.map((id) => find(id) as ReferenceEvent);
    if (superseded.some(isForbidden)) return "SUPERSEDES_FORBIDDEN";
    const links = linksOf(event).map((id) => find(id) as ReferenceEvent);
    return links.some((other) => event.instant < other.instant) ? "CREATED_BEFORE_LINK" : null;
  });

  const depthOf: (event: ReferenceEvent) => number = remembered((event): number => {
    const links = linksOf(event);
    return links.length === 0 ? 0 : 1 + Math.max(...links.map((id) => depthOf(find(id) as ReferenceEvent)));
  });

  const valid = events.filter((event) => reasonOf(event) === null);
  valid.sort(
    (a, b) =>
      Number(a.instant - b.instant) ||
      depthOf(a) - depthOf(b) ||
      types.indexOf(a.type) - types.indexOf(b.type) ||
      (a.id < b.id ? -1 : 1),
  );

  // 6.2, the fold.
  const isPlaced = (event: ReferenceEvent) => event.prev !== null || event.type === "record_created";
  const sharePlace = (a: ReferenceEvent, b: ReferenceEvent) =>
    isPlaced(a) &&
    isPlaced(b) &&
    a.fingerprint === b.fingerprint &&
    a.type === b.type &&
    a.target === b.target &&
    a.prev === b.prev;
  const applied: ReferenceEvent[] = [];
  const forks: { place: ReferenceEvent; ids: string[] }[] = [];
  for (const event of valid) {
    const rivals = valid.filter((other) => sharePlace(event, other));
    if (rivals.some((other) => standingOf(other) > standingOf(event))) continue;
    if (event.prev !== null && !applied.some(({ id }) => id === event.prev)) continue;
    // Whoever was applied last in a place holds it.
    const holder = applied.findLast((other) => sharePlace(event, other));
    if (holder !== undefined && !event.supersedes.includes(holder.id)) {
      const fork = forks.find(({ place }) => sharePlace(place, event));
      if (fork === undefined) forks.push({ place: event, ids: [holder.id, event.id] });
      else fork.ids.push(event.id);
      continue;
    }
    applied.push(event);
  }
  const isSuperseded = (event: ReferenceEvent) =>
    applied.some((other) => other.supersedes.includes(event.id));

  return {
    invalid: Object.fromEntries(
      events.flatMap((event) => {
        const reason = reasonOf(event);
        return reason === null ? [] : [[event.id, reason]];
      }),
    ),
    standing: Object.fromEntries(events.map((event) => [event.id, standingOf(event)])),
    valid: valid.map(({ id }) => id),
    applied: applied.map(({ id }) => id),
    current: applied.filter((event) => !isSuperseded(event)).map(({ id }) => id),
    equivocations: forks.map(({ ids }) => ids).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
  };
}

/** Recursion without repeats; events are few, but paths through their links are many. */
function remembered<Answer>(ask: (event: ReferenceEvent) => Answer): (event: ReferenceEvent) => Answer {
  const answers = new Map<string, Answer>();
  return (event) => {
    if (!answers.has(event.id)) answers.set(event.id, ask(event));
    return answers.get(event.id) as Answer;
  };
}
