import { isJsonObject, isPithNumber, suffixOf } from "../protocol/index.ts";
import { paperIdOf } from "../store/ids.ts";
import { builder } from "./builder.ts";
import { ordinalConnection } from "./connections/ordinal.ts";
import {
  ClaimConnection,
  EventConnection,
  forwardArguments,
  PaperConnection,
  ReferenceConnection,
} from "./connections/schema.ts";
import type { Context } from "./context.ts";
import { JsonText } from "./json-text.ts";
import type { PaperRow } from "./loaders/papers.ts";
import type { AliasRow } from "./loaders/records.ts";
import {
  PaperObject,
  ReferenceCoverageObject,
  SourceObject,
  StateObject,
  VerificationObject,
  WorkObject,
} from "./objects.ts";
import { required } from "./required.ts";
import { ClaimKindEnum, EventTypeEnum } from "./scalars-and-enums.ts";
import { citingConnection } from "./work.ts";

SourceObject.implement({
  description: "Where a paper comes from, as its canonical record says: what the Pith number is the hash of.",
  fields: (t) => ({
    kind: t.exposeString("sourceKind", { description: "`arxiv`, …" }),
    id: t.exposeString("sourceId", { description: "The id at the source, without version: `2302.12192`." }),
    version: t.exposeInt("sourceVersion", {
      nullable: true,
      description: "The version at the source, from 1; null where the source has none.",
    }),
  }),
});

const AliasObject = builder.objectRef<AliasRow>("Alias");

AliasObject.implement({
  description:
    "Another name of a paper. Aliases are unsigned: those that follow from the record (arXiv id, arXiv's own DOI, " +
    "short Pith numbers) were checked against it; all others are somebody's word.",
  fields: (t) => ({
    kind: t.exposeString("kind", { description: "`arxiv`, `arxiv_version`, `doi`, `pith_short_8`, …" }),
    value: t.exposeString("value", { description: "The name itself, as the document wrote it." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Since when, as the document says." }),
  }),
});

builder.objectField(PaperObject, "aliases", (t) =>
  t.field({
    type: [AliasObject],
    description: "The paper's other names, by kind, then value.",
    resolve: async ({ paperId }, _args, { loaders }) => [...(await loaders.aliasesOfPaper.load(paperId))],
  }),
);

builder.node(PaperObject, {
  description:
    "One version of a paper under its Pith number: the hash of a canonical record. Names, dates and categories are the " +
    "record's, or else, like title, authors, claims and references, the current snapshot's: the registry's word, " +
    "proved as far as `verification` says.",
  id: { description: "Made of the Pith number.", resolve: ({ pithNumber }) => pithNumber },
  loadMany: (ids, { loaders }) =>
    Promise.all(
      ids.map(async (id) => {
        const paper = isPithNumber(id) ? await loaders.paper.load(paperIdOf(id)) : null;
        return paper?.pithNumber === id ? paper : null;
      }),
    ),
  fields: (t) => ({
    pithNumber: t.exposeString("pithNumber", { description: "`pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643`." }),
    shortPithNumber: t.string({
      description: "`pith:ROU4N4IR`: the first eight characters of the suffix. Several papers may share it.",
      resolve: ({ pithNumber }) => `pith:${isPithNumber(pithNumber) ? suffixOf(pithNumber).slice(0, 8) : ""}`,
    }),
    canonicalSha256: t.exposeString("canonicalSha256", {
      description: "SHA-256 of the canonical record in lower-case hex: what the Pith number is made of.",
    }),
    canonicalRecord: t.field({
      type: "JSON",
      description: "The canonical record, exactly: hashing its canonical JSON gives `canonicalSha256`.",
      resolve: canonicalRecordOf,
    }),
    source: t.field({ type: SourceObject, description: "Where it comes from.", resolve: (paper) => paper }),
    title: t.exposeString("title", {
      nullable: true,
      description:
        "The current snapshot's title as text: white space folded, TeX accents and letters as Unicode (NFC), mathematics " +
        "(`$…$`) as it is. Null where none is known. What was signed: `signedTitle`; see `verification.titleBinding`.",
    }),
    signedTitle: t.string({
      nullable: true,
      description: "The title exactly as the current snapshot has it, in the event that was signed.",
      resolve: (paper, _args, context) => signedMember(paper, "title", context),
    }),
    authors: t.exposeStringList("authors", {
      description:
        "The names in the current snapshot's list of authors, in its order and as text like `title`: `Michael Färber`, " +
        "`Robert Downey Jr.`, `ATLAS Collaboration`. Affiliations, footnote marks and *et al.* are left out.",
    }),
    signedAuthors: t.string({
      nullable: true,
      description:
        "The list of authors exactly as the current snapshot has it, one text; null where it has none or lists names one " +
        "by one.",
      resolve: (paper, _args, context) => signedMember(paper, "authors_text", context),
    }),
    abstractExcerpt: t.exposeString("abstractExcerpt", {
      nullable: true,
      description: "The beginning of the abstract, as the current snapshot has it, as text like `title`.",
    }),
    signedAbstractExcerpt: t.string({
      nullable: true,
      description: "The same exactly as it was signed.",
      resolve: (paper, _args, context) => signedMember(paper, "abstract_excerpt", context),
    }),
    headline: t.exposeString("headline", {
      nullable: true,
      description: "The registry's headline for the paper, as text like `title`.",
    }),
    license: t.exposeString("license", {
      nullable: true,
      description: "The license's address, as recorded.",
    }),
    primaryCategory: t.exposeString("primaryCategory", { nullable: true, description: "`cs.LG`, …" }),
    crossCategories: t.exposeStringList("crossCategories", { description: "The other categories, sorted." }),
    submittedAt: t.expose("submittedAt", {
      type: "DateTime",
      description: "When it was submitted to its source.",
    }),
    work: t.field({
      type: WorkObject,
      description: "The work that this is a version of: the vertex of the citation graph.",
      resolve: ({ workId }, _args, { loaders }) => required(loaders.work.get(workId), "work"),
    }),
    claims: t.field({
      type: ClaimConnection,
      description: "The paper's claims, in the order of its current snapshot.",
      args: {
        kind: t.arg({
          type: [ClaimKindEnum],
          description: "Only claims of these kinds; an empty list fits none.",
        }),
        ...forwardArguments,
      },
      resolve: ({ paperId, claimCount }, { kind, ...page }, { loaders }) => {
        const filter = { kinds: kind ?? null };
        const count = async () =>
          kind === null || kind === undefined
            ? claimCount
            : loaders.claimCountOfPaper.of(filter).load(paperId);
        return ordinalConnection(
          { name: "claims", paperId, filter, pages: loaders.claimsOfPaper, count },
          page,
        );
      },
    }),
    references: t.field({
      type: ReferenceConnection,
      description:
        "The references listed here, in the order of the paper's current snapshot. May be a part of the paper's own " +
        "list: see `referenceCoverage`.",
      args: {
        internalAnchor: t.arg.boolean({ description: "Only those whose `isInternalAnchor` is this." }),
        held: t.arg.boolean({
          description: "Only those of which this mirror holds (or does not hold) a paper.",
        }),
        ...forwardArguments,
      },
      resolve: (paper, { internalAnchor, held, ...page }, { loaders }) => {
        const { paperId } = paper;
        const filter = { internalAnchor: internalAnchor ?? null, held: held ?? null };
        const count = async () => {
          if (filter.held !== null) {
            return loaders.heldReferenceCountOfPaper.of({ ...filter, held: filter.held }).load(paperId);
          }
          if (filter.internalAnchor === null) return paper.referencesKnown;
          return filter.internalAnchor
            ? paper.internalAnchorsKnown
            : paper.referencesKnown - paper.internalAnchorsKnown;
        };
        return ordinalConnection(
          { name: "references", paperId, filter, pages: loaders.referencesOfPaper, count },
          page,
        );
      },
    }),
    citedBy: t.field({
      type: PaperConnection,
      description:
        "The papers held here whose references name this paper's work, latest submitted first. `totalCount` counts " +
        "papers: two versions of one work that both cite it are two. `work.citedByCount` counts works.",
      args: forwardArguments,
      resolve: ({ workId }, page, context) => citingConnection(workId, page, context),
    }),
    referenceCoverage: t.field({
      type: ReferenceCoverageObject,
      description: "How much of the paper's list of references is known here.",
      resolve: (paper) => paper,
    }),
    verification: t.field({
      type: VerificationObject,
      description: "What this mirror checked by itself.",
      resolve: (paper) => paper,
    }),
    state: t.field({
      type: StateObject,
      description: "What all events merge to.",
      resolve: (paper) => paper,
    }),
    events: t.field({
      type: EventConnection,
      description: "The paper's events: the valid ones in merge order, then the invalid ones by id.",
      args: {
        type: t.arg({
          type: [EventTypeEnum],
          description: "Only events of these types; an empty list fits none.",
        }),
        ...forwardArguments,
      },
      resolve: ({ paperId, eventCount }, { type, ...page }, { loaders }) => {
        const filter = { types: type ?? null };
        const count = async () =>
          type === null || type === undefined
            ? eventCount
            : loaders.eventCountOfPaper.of(filter).load(paperId);
        return ordinalConnection(
          { name: "events", paperId, filter, pages: loaders.eventsOfPaper, count },
          page,
        );
      },
    }),
  }),
});

/** From the current record_created; where none has arrived, as the bundle carried it beside its events. */
async function canonicalRecordOf(
  { paperId, recordEventId }: PaperRow,
  _args: object,
  { loaders }: Context,
): Promise<JsonText> {
  if (recordEventId === null) return new JsonText(await required(loaders.record.load(paperId), "record"));
  const event = await required(loaders.eventBody.load({ paperId, eventId: recordEventId }), "event");
  return JsonText.of(event.payload["canonical_record"] ?? null);
}

/** A text of the `paper` in the current snapshot, as the event has it. */
async function signedMember(
  { paperId, snapshotEventId }: PaperRow,
  member: string,
  { loaders }: Context,
): Promise<string | null> {
  if (snapshotEventId === null) return null;
  const event = await loaders.eventBody.load({ paperId, eventId: snapshotEventId });
  const snapshot = event?.payload["graph_snapshot"];
  const paper = isJsonObject(snapshot) ? snapshot["paper"] : undefined;
  const text = isJsonObject(paper) ? paper[member] : undefined;
  return typeof text === "string" ? text : null;
}

builder.queryField("paper", (t) =>
  t.field({
    type: PaperObject,
    nullable: true,
    description: "The paper that a ref names; null where this mirror holds none.",
    args: {
      ref: t.arg.string({
        required: true,
        description:
          'Whatever names a paper: a Pith number in full, "pith:ROU4N4IR", a suffix or its first 8, 12 or 16 ' +
          "characters, an arXiv id with or without version, a DOI, or the address of any of these, in the spellings that " +
          "people use: `arXiv:2302.12192v1 [cs.LG]`, `arxiv.org/abs/hep-th%2F9711200`, `doi:10.1103/PhysRevD.55.5112`. An arXiv id or a DOI without version: of the versions stored the best proved (`verification.proof`), " +
          "then the latest, as for `Work.paper`. An arXiv id with version: that one only. A short form that fits several papers: AMBIGUOUS_REF, " +
          "with the numbers in `extensions.pithNumbers`. Anything else: BAD_USER_INPUT.",
      }),
    },
    resolve: (_root, { ref }, { loaders }) => loaders.paperByRef.load(ref),
  }),
);
