import type { GraphQLResolveInfo } from "graphql";
import { isJsonObject, isPithNumber, suffixOf } from "../protocol/index.ts";
import { paperIdOf } from "../row-rules/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { JsonText } from "./execution/index.ts";
import { KeysetConnection } from "./keyset.ts";
import {
  type AliasRow,
  type CitedColumns,
  type EventRow,
  eventKeyOf,
  eventKeyParts,
  ordinalConnection,
  type PaperRow,
  paperColumns,
  required,
} from "./loaders/index.ts";
import {
  ClaimConnection,
  EventConnection,
  forwardArguments,
  PaperConnection,
  PaperObject,
  ReferenceConnection,
  ReferenceCoverageObject,
  SourceObject,
  StateObject,
  VerificationObject,
  WorkObject,
} from "./objects.ts";

import { ClaimKindEnum, EventTypeEnum } from "./scalars-and-enums.ts";
import { ofConnection, reads, sameRow, selectedColumns, selectedIfAny } from "./selected-columns.ts";
import { citingConnection } from "./work.ts";

SourceObject.implement({
  description: "The source of a paper, as stated in its canonical record.",
  fields: (t) => ({
    kind: t.exposeString("sourceKind", { description: "The kind of source, such as `arxiv`." }),
    identifier: t.exposeString("sourceId", {
      description: "The identifier at the source, without version, such as `2302.12192`.",
    }),
    version: t.exposeInt("sourceVersion", {
      nullable: true,
      description: "The version at the source, starting at 1. Returns null if the source has no versions.",
    }),
  }),
});

const AliasObject = builder.objectRef<AliasRow>("Alias").implement({
  description:
    "Another identifier of a paper. Aliases are unsigned: those that follow from the record (arXiv id, arXiv's DOI, short Pith " +
    "numbers) were checked against it, the others were not.",
  fields: (t) => ({
    kind: t.exposeString("kind", {
      description: "The kind of identifier: `arxiv`, `arxiv_version`, `doi`, `pith_short_8` and others.",
    }),
    value: t.exposeString("value", { description: "The identifier as the document writes it." }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "The creation date that the document states.",
    }),
  }),
});

builder.objectField(PaperObject, "aliases", (t) =>
  t.field({
    type: [AliasObject],
    description: "Other identifiers of the paper, sorted by kind, then value.",
    resolve: reads(["paperId"], async ({ paperId }, _args, { loaders }) => [
      ...(await loaders.aliasesOfPaper.load(paperId)),
    ]),
  }),
);

builder.node(PaperObject, {
  description:
    "One version of a paper, identified by its Pith number. Source, date and categories come from the canonical record; title, " +
    "authors, claims and references come from the current snapshot.",
  id: {
    description: "The global id, derived from the Pith number.",
    resolve: paperKeyOf,
  },
  loadMany: (ids, { loaders }) =>
    Promise.all(
      ids.map(async (id) => {
        const paper = isPithNumber(id) ? await loaders.paper.for(paperColumns.all).get(paperIdOf(id)) : null;
        return paper?.pithNumber === id ? paper : null;
      }),
    ),
  fields: (t) => ({
    pithNumber: t.exposeString("pithNumber", {
      description: "The full Pith number, such as `pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643`.",
    }),
    shortPithNumber: t.string({
      description:
        "The short form with the first eight characters of the suffix, such as `pith:ROU4N4IR`. Several papers may share it.",
      resolve: reads(
        ["pithNumber"],
        ({ pithNumber }) => `pith:${isPithNumber(pithNumber) ? suffixOf(pithNumber).slice(0, 8) : ""}`,
      ),
    }),
    canonicalSha256: t.exposeString("canonicalSha256", {
      description: "The SHA-256 of the canonical record in lower-case hex, which the Pith number encodes.",
    }),
    canonicalRecord: t.field({
      type: "JSON",
      description: "The canonical record, exactly as it was hashed for `canonicalSha256`.",
      resolve: reads(["paperId", "recordEventId"], canonicalRecordOf),
    }),
    source: t.field({
      type: SourceObject,
      description: "The source that the paper was published at.",
      resolve: sameRow,
    }),
    title: t.exposeString("title", {
      nullable: true,
      description:
        "The title, normalized: white space collapsed, TeX accents and letters as Unicode (NFC), mathematics (`$…$`) unchanged. " +
        "Returns null if unknown.",
    }),
    signedTitle: t.string({
      nullable: true,
      description: "The title exactly as signed. Returns null if unknown.",
      resolve: reads(["paperId", "snapshotEventId"], signedMember("title")),
    }),
    authors: t.exposeStringList("authors", {
      description:
        "The names of the authors in the order of publication, normalized like `title`. Affiliations, footnote marks and *et al.* " +
        "are removed.",
    }),
    signedAuthors: t.string({
      nullable: true,
      description:
        "The author list exactly as signed, as one text. Returns null if unknown, or if the snapshot lists names one by one.",
      resolve: reads(["paperId", "snapshotEventId"], signedMember("authors_text")),
    }),
    abstractExcerpt: t.exposeString("abstractExcerpt", {
      nullable: true,
      description: "The beginning of the abstract, normalized like `title`. Returns null if unknown.",
    }),
    signedAbstractExcerpt: t.string({
      nullable: true,
      description: "The beginning of the abstract exactly as signed. Returns null if unknown.",
      resolve: reads(["paperId", "snapshotEventId"], signedMember("abstract_excerpt")),
    }),
    headline: t.exposeString("headline", {
      nullable: true,
      description: "The signer's headline for the paper, normalized like `title`. Returns null if unknown.",
    }),
    license: t.exposeString("license", {
      nullable: true,
      description: "The URL of the license. Returns null if unknown.",
    }),
    primaryCategory: t.exposeString("primaryCategory", {
      nullable: true,
      description: "The primary category, such as `cs.LG`. Returns null if unknown.",
    }),
    crossCategories: t.exposeStringList("crossCategories", { description: "The other categories, sorted." }),
    submittedAt: t.expose("submittedAt", {
      type: "DateTime",
      description: "The date of submission to the source.",
    }),
    work: t.field({
      type: WorkObject,
      description: "The work that this paper is a version of: its vertex in the citation graph.",
      resolve: reads(["workId"], ({ workId }, _args, { loaders }, info) =>
        required(loaders.work.referred(selectedColumns(info, "Work")).get(workId), "work"),
      ),
    }),
    claims: t.field({
      type: ClaimConnection,
      description: "The claims of the paper, in the order of its current snapshot.",
      args: {
        kinds: t.arg({
          type: [ClaimKindEnum],
          description: "Only claims of these kinds. Defaults to all kinds; an empty list matches nothing.",
        }),
        ...forwardArguments,
      },
      resolve: reads(
        ["paperId"],
        ({ paperId, claimCount }, { kinds, ...page }, { loaders }, info) => {
          const filter = { kinds: kinds ?? null, columns: selectedColumns(info, "Claim", ofConnection) };
          const count = async () =>
            filter.kinds === null ? claimCount : loaders.claimCountOfPaper.for(filter).load(paperId);
          return ordinalConnection(
            { name: "claims", paperId, filter, pages: loaders.claimsOfPaper, count },
            page,
          );
        },
        ["claimCount"],
        { provenance: ["snapshotEventId"], id: ["pithNumber"] },
      ),
    }),
    references: t.field({
      type: ReferenceConnection,
      description:
        "The listed references, in the order of the current snapshot. The list may be incomplete: see `referenceCoverage`.",
      args: {
        internalAnchor: t.arg.boolean({
          description: "Only references whose `isInternalAnchor` equals this value.",
        }),
        stored: t.arg.boolean({
          description: "Only references whose cited work has, or does not have, a stored paper.",
        }),
        ...forwardArguments,
      },
      resolve: reads(
        ["paperId"],
        (paper, { internalAnchor, stored, ...page }, { loaders }, info) => {
          const { paperId } = paper;
          const filter = {
            internalAnchor: internalAnchor ?? null,
            stored: stored ?? null,
            columns: selectedColumns(info, "Reference", ofConnection),
            cited: citedColumns(info),
          };
          const count = async () => {
            if (filter.stored !== null) {
              return loaders.referenceCountOfPaper.for({ ...filter, stored: filter.stored }).load(paperId);
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
        ["referencesKnown", "internalAnchorsKnown"],
        { provenance: ["snapshotEventId"], signedTitle: ["snapshotEventId"] },
      ),
    }),
    citedBy: t.field({
      type: PaperConnection,
      description:
        "The stored papers that cite this paper's work, latest submission first. Same as `work.citedBy`; it counts papers, whereas " +
        "`work.citedByCount` counts works.",
      args: forwardArguments,
      resolve: reads(["workId"], ({ workId }, page, context, info) =>
        citingConnection(workId, page, context, info),
      ),
    }),
    referenceCoverage: t.field({
      type: ReferenceCoverageObject,
      description: "How complete the reference list is.",
      resolve: sameRow,
    }),
    verification: t.field({
      type: VerificationObject,
      description: "The checks that this mirror itself made.",
      resolve: sameRow,
    }),
    state: t.field({
      type: StateObject,
      description: "The result of merging all events.",
      resolve: sameRow,
    }),
    events: t.field({
      type: EventConnection,
      description: "The events of the paper: the valid ones in merge order, then the invalid ones by id.",
      args: {
        types: t.arg({
          type: [EventTypeEnum],
          description: "Only events of these types. Defaults to all types; an empty list matches nothing.",
        }),
        ...forwardArguments,
      },
      resolve: reads(
        ["paperId"],
        ({ paperId, eventCount }, { types, ...page }, { loaders }) => {
          const filter = { types: types ?? null };
          const count = async () =>
            filter.types === null ? eventCount : loaders.eventCountOfPaper.for(filter).load(paperId);
          return new KeysetConnection<EventRow, EventRow>(
            {
              order: { name: "events", parts: eventKeyParts },
              keyOf: eventKeyOf,
              nodeOf: (row) => row,
              rows: (range) => loaders.eventsOfPaper.for({ ...filter, ...range }).get(paperId),
              count,
            },
            page,
          );
        },
        ["eventCount"],
      ),
    }),
  }),
});

const workPaths = ofConnection.map((path) => [...path, "work"]);
const paperPaths = ofConnection.flatMap((path) => [
  [...path, "citedPaper"],
  [...path, "work", "paper"],
]);

/** What a query selects of the works and papers that references cite. */
function citedColumns(info: GraphQLResolveInfo): CitedColumns {
  return {
    work: selectedIfAny(info, "Work", workPaths),
    paper: selectedIfAny(info, "Paper", paperPaths),
  };
}

/** The key encoded in a paper's global id. */
export function paperKeyOf({ pithNumber }: Pick<PaperRow, "pithNumber">): string {
  return pithNumber;
}

/** From the current record_created; if none has arrived, as the bundle contained it outside its events. */
async function canonicalRecordOf(
  { paperId, recordEventId }: Pick<PaperRow, "paperId" | "recordEventId">,
  _args: object,
  { loaders }: Context,
): Promise<JsonText> {
  if (recordEventId === null) return new JsonText(await required(loaders.record.load(paperId), "record"));
  const event = await required(loaders.eventBody.load({ paperId, eventId: recordEventId }), "event");
  return JsonText.of(event.payload["canonical_record"] ?? null);
}

/** Resolves to a text member of `paper` in the current snapshot, as in the event. */
function signedMember(member: string) {
  return async (
    { paperId, snapshotEventId }: Pick<PaperRow, "paperId" | "snapshotEventId">,
    _args: object,
    { loaders }: Context,
  ): Promise<string | null> => {
    if (snapshotEventId === null) return null;
    const event = await loaders.eventBody.load({ paperId, eventId: snapshotEventId });
    const snapshot = event?.payload["graph_snapshot"];
    const paper = isJsonObject(snapshot) ? snapshot["paper"] : undefined;
    const text = isJsonObject(paper) ? paper[member] : undefined;
    return typeof text === "string" ? text : null;
  };
}

builder.queryField("paper", (t) =>
  t.field({
    type: PaperObject,
    nullable: true,
    description: "Looks up a paper by any of its identifiers. Returns null if it is not stored.",
    args: {
      ref: t.arg.string({
        required: true,
        description:
          'A Pith number in full, as "pith:ROU4N4IR", as a suffix or as its first 8, 12 or 16 characters; an arXiv id or a DOI; or ' +
          "the URL of any of these. Without a version it names the best proved of the stored versions, then the latest.",
      }),
    },
    resolve: (_root, { ref }, { loaders }, info) => loaders.paperByRef(ref, selectedColumns(info, "Paper")),
  }),
);
