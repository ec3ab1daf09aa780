import type { GraphQLResolveInfo } from "graphql";
import { isPithNumber, parsePaperRef } from "../protocol/index.ts";
import { paperIdOf } from "../row-rules/index.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { ApiError } from "./errors.ts";
import {
  type Key,
  type KeyOrder,
  KeysetConnection,
  type KeysetSource,
  type PageArguments,
  type PageInfo,
} from "./keyset.ts";
import {
  type ClaimRow,
  type ColumnSet,
  type Loaders,
  type PaperRow,
  paperColumns,
  type WorkRow,
  workColumns,
} from "./loaders/index.ts";
import { ClaimObject, PaperObject, searchArguments, WorkObject } from "./objects.ts";
import { ofConnection, selectedColumns } from "./selected-columns.ts";
import {
  countRanked,
  countSimilar,
  maxRanked,
  type PassagePart,
  paperOrdinal,
  passageOf,
  type QueryWords,
  readQuery,
  readRanked,
  readSimilar,
  type SearchMatch,
  termsIn,
} from "./text-search.ts";

const SearchMatchTypeEnum = builder.enumType("SearchMatchType", {
  description: "How a result matches the query.",
  values: {
    IDENTIFIER: {
      description:
        "The query is an identifier of the result: an arXiv id, a DOI, a Pith number or a work id.",
    },
    WORDS: { description: "The result contains all words of the query." },
    FUZZY: {
      description: "Nothing contains all words, but the title or the authors are spelled similarly.",
    },
  } as const,
});

const PassageFieldEnum = builder.enumType("PassageField", {
  description: "The field that a passage was taken from.",
  values: {
    TITLE: { description: "The title of the paper." },
    AUTHORS: { description: "The authors of the paper, separated by commas." },
    ABSTRACT: { description: "The `abstractExcerpt` of the paper." },
    CLAIM: { description: "The text of the claim." },
  } as const,
});

const PassagePartObject = builder.objectRef<PassagePart>("PassagePart").implement({
  description: "A part of a passage, as plain text.",
  fields: (t) => ({
    text: t.exposeString("text", { description: "The text of this part, including white space." }),
    isMatch: t.exposeBoolean("isMatch", { description: "Whether this part matches the query." }),
  }),
});

const PassageObject = builder.objectRef<Passage>("SearchPassage").implement({
  description: "An excerpt of about 280 characters with the most matches.",
  fields: (t) => ({
    field: t.expose("field", {
      type: PassageFieldEnum,
      description: "The field that the passage was taken from.",
    }),
    text: t.string({
      description: "The passage as one text, with `…` where the field was cut off.",
      resolve: ({ parts }) => parts.map(({ text }) => text).join(""),
    }),
    parts: t.field({
      type: [PassagePartObject],
      description: "The passage in parts, for highlighting matches. Joined together they give `text`.",
      resolve: ({ parts }) => [...parts],
    }),
  }),
});

const SearchResultUnion = builder.unionType("SearchResult", {
  description:
    "A search result. Works are found by their identifiers only, and only if no paper of them is stored.",
  types: [PaperObject, ClaimObject, WorkObject],
  resolveType: (node: SearchNode) =>
    "claimId" in node ? ClaimObject : "pithNumber" in node ? PaperObject : WorkObject,
});

const SearchEdgeObject = builder.edgeObject<typeof SearchResultUnion, false>({
  type: SearchResultUnion,
  name: "SearchEdge",
  description: "A search result, its score and its cursor.",
  nodeNullable: false,
});

const SearchConnection = builder.connectionObject(
  { type: SearchResultUnion, name: "SearchConnection", description: "A page of search results." },
  SearchEdgeObject,
);

builder.objectFields(SearchEdgeObject, (t) => ({
  score: t.float({
    description:
      "The relevance from 0 to 1, comparable within one search only. For WORDS it is PostgreSQL's `ts_rank`, with the highest weight " +
      "on titles, then authors, claims and abstracts.",
    resolve: (edge) => (edge as SearchEdge).score,
  }),
  matchType: t.field({
    type: SearchMatchTypeEnum,
    description: "How the result matches the query.",
    resolve: (edge) => (edge as SearchEdge).matchType,
  }),
  passage: t.field({
    type: PassageObject,
    nullable: true,
    description: "The best matching excerpt. Returns null for a work, and for a paper without text.",
    resolve: (edge) => (edge as SearchEdge).passage,
  }),
}));

builder.queryField("search", (t) =>
  t.field({
    type: SearchConnection,
    description:
      "Searches titles, authors, abstracts and claims, best match first: identifiers, then results with all words, otherwise similar " +
      `spellings. Ranks at most ${maxRanked.toLocaleString("en-US")} papers and as many claims per query.`,
    args: {
      query: t.arg.string({
        required: true,
        description:
          'Words that must all occur, `"a phrase"` or `-word` to exclude a word; or an identifier, as `Query.work` accepts. ' +
          "Case is ignored, accents are not, and words are not stemmed; maximum 500 characters or 32 terms.",
      }),
      ...searchArguments,
    },
    resolve: (_root, { query, ...page }, context, info) =>
      new SearchResults(query, page, context, columnsOf(info)),
  }),
);

/** The papers that an identifier names, or a work without a stored paper. */
type IdentifierMatch = { readonly papers: readonly PaperRow[]; readonly work: WorkRow | null };

/** Looks up the entire query like `paper(ref:)` and `work(ref:)`. An ambiguous short form returns up to ten papers. */
async function identifiedBy(
  query: string,
  columns: ResultColumns,
  loaders: Loaders,
): Promise<IdentifierMatch> {
  const ref = parsePaperRef(query);
  if (ref === null) return { papers: [], work: null };
  const written = query.trim();
  if (ref.kind !== "work_id") {
    const papers = await papersBy(written, columns, loaders);
    if (papers.length > 0) return { papers, work: null };
  }
  const work = ref.kind === "pith" ? null : await loaders.workByRef(written, columns.work.union(paperOfWork));
  const paper = work?.paperId == null ? null : await loaders.paper.for(columns.paper).get(work.paperId);
  return paper === null ? { papers: [], work } : { papers: [paper], work: null };
}

async function papersBy(
  ref: string,
  { paper: columns }: ResultColumns,
  loaders: Loaders,
): Promise<PaperRow[]> {
  try {
    const paper = await loaders.paperByRef(ref, columns);
    return paper === null ? [] : [paper];
  } catch (error) {
    if (!(error instanceof ApiError) || error.extensions["code"] !== "AMBIGUOUS_REF") throw error;
    const numbers = error.extensions["pithNumbers"];
    const ids = (Array.isArray(numbers) ? numbers : []).filter(isPithNumber).map(paperIdOf);
    return (await loaders.paper.for(columns).getMany(ids)).filter((paper) => paper !== null);
  }
}

/** How a result was found, best first. */
const matchTypes = ["IDENTIFIER", "WORDS", "FUZZY"] as const;
type MatchType = (typeof matchTypes)[number];

type PassageField = "TITLE" | "AUTHORS" | "ABSTRACT" | "CLAIM";
type Passage = { readonly field: PassageField; readonly parts: readonly PassagePart[] };

type SearchNode = PaperRow | ClaimRow | WorkRow;
type SearchEdge = {
  readonly cursor: string;
  readonly node: SearchNode;
  readonly matchType: MatchType;
  /** From 0 to 1. */
  readonly score: number;
  readonly passage: Passage | null;
};

/** A row of the result: its place in the order, and what it refers to. */
type ResultRow = SearchMatch & { readonly matchType: MatchType };
type Hit = Omit<SearchEdge, "cursor">;

const workOrdinal = -2;
const maxScore = 1_000_000;

/** By match type, then the best score, then an internal number. */
const order: KeyOrder = { name: "search", parts: ["integer", "integer", "bigint", "integer"] };

/** The results of a query, as a connection of papers, claims and works. */
class SearchResults {
  readonly #connection: KeysetConnection<ResultRow, Hit>;

  constructor(query: string, page: PageArguments, context: Context, columns: ResultColumns) {
    const words = readQuery("query", query);
    this.#connection = new KeysetConnection(sourceOf(query, words, columns, context), page);
  }

  get edges(): Promise<SearchEdge[]> {
    return this.#readEdges();
  }

  get pageInfo(): Promise<PageInfo> {
    return this.#connection.pageInfo;
  }

  totalCount(): Promise<number> {
    return this.#connection.totalCount();
  }

  async #readEdges(): Promise<SearchEdge[]> {
    return (await this.#connection.edges).map(({ cursor, node }) => ({ cursor, ...node }));
  }
}

function sourceOf(
  query: string,
  words: QueryWords | null,
  columns: ResultColumns,
  { database: { db }, loaders }: Context,
): KeysetSource<ResultRow, Hit> {
  const { batches } = loaders;
  const identify = once(() => identifiedBy(query, columns, loaders));
  const identifiedRows = async (): Promise<ResultRow[]> => {
    const { papers, work } = await identify();
    const row = (paperId: bigint, ordinal: number): ResultRow => ({
      matchType: "IDENTIFIER",
      score: maxScore,
      paperId,
      ordinal,
    });
    const rows = papers.map(({ paperId }) => row(paperId, paperOrdinal));
    if (work !== null) rows.push(row(work.workId, workOrdinal));
    return rows.sort((a, b) => (a.paperId < b.paperId ? -1 : 1));
  };
  const excluded = async () => (await identify()).papers.map(({ paperId }) => paperId);
  const ranked = async (after: SearchMatch | null, limit: number): Promise<ResultRow[]> => {
    if (words === null || limit === 0) return [];
    const page = { after, limit, excluded: await excluded() };
    return withMatchType("WORDS", await batches.trackExpensive(() => readRanked(db, words, page)));
  };
  const similar = async (after: SearchMatch | null, limit: number): Promise<ResultRow[]> =>
    withMatchType(
      "FUZZY",
      await batches.trackExpensive(() => readSimilar(db, words?.websearch ?? "", { after, limit })),
    );

  return {
    order,
    keyOf: ({ matchType, score, paperId, ordinal }) => [
      String(matchTypes.indexOf(matchType)),
      String(score),
      String(paperId),
      String(ordinal),
    ],
    nodeOf: (row) => hitOf(row, words, columns, loaders),
    rows: async ({ after, limit }) => {
      const start = after === null ? null : readKey(after);
      if (start?.matchType === "FUZZY") return similar(start, limit);
      if (start?.matchType === "WORDS") return ranked(start, limit);
      const identified = (await identifiedRows()).filter(
        ({ paperId }) => start === null || paperId > start.paperId,
      );
      const others = await ranked(null, Math.max(0, limit - identified.length));
      const rows = [...identified, ...others].slice(0, limit);
      // Only if nothing else was found at all, so that each row has one place, whatever the page.
      const isNothing = rows.length === 0 && start === null && limit > 0 && words !== null;
      return isNothing ? similar(null, limit) : rows;
    },
    keysExist: true,
    count: async () => {
      if (words === null) return (await identifiedRows()).length;
      const papers = await excluded();
      const identified = (await identifiedRows()).length;
      const found = identified + (await batches.trackExpensive(() => countRanked(db, words, papers)));
      return found > 0 ? found : batches.trackExpensive(() => countSimilar(db, words.websearch));
    },
  };
}

function withMatchType(matchType: MatchType, found: readonly SearchMatch[]): ResultRow[] {
  return found.map((row) => ({ ...row, matchType }));
}

function readKey([matchType, score, paperId, ordinal]: Key): ResultRow {
  return {
    matchType: matchTypes[Number(matchType)] ?? "IDENTIFIER",
    score: Number(score),
    paperId: BigInt(paperId ?? 0),
    ordinal: Number(ordinal),
  };
}

async function hitOf(
  { matchType, score, paperId, ordinal }: ResultRow,
  words: QueryWords | null,
  columns: ResultColumns,
  loaders: Context["loaders"],
): Promise<Hit | null> {
  const base = { matchType, score: score / maxScore };
  const terms = words?.terms ?? [];
  if (ordinal === workOrdinal) {
    const work = await loaders.work.for(columns.work).get(paperId);
    return work === null ? null : { ...base, node: work, passage: null };
  }
  if (ordinal === paperOrdinal) {
    const paper = await loaders.paper.for(columns.paper).get(paperId);
    return paper === null ? null : { ...base, node: paper, passage: passageOfPaper(paper, terms) };
  }
  const claim = await loaders.claim.load({ paperId, ordinal });
  if (claim === null) return null;
  return { ...base, node: claim, passage: { field: "CLAIM", parts: passageOf(claim.text, terms) } };
}

/** The columns of each type of result: of its fields, of its passage, and those that tell its type. */
type ResultColumns = { readonly paper: ColumnSet<PaperRow>; readonly work: ColumnSet<WorkRow> };

const paperOfWork = workColumns.of("paperId");

function columnsOf(info: GraphQLResolveInfo): ResultColumns {
  return {
    paper: selectedColumns(info, "Paper", ofConnection).union(
      paperColumns.of("pithNumber", "title", "abstractExcerpt", "authors"),
    ),
    work: selectedColumns(info, "Work", ofConnection),
  };
}

/** From the field with the most terms; on a tie the title, then the abstract. */
function passageOfPaper(
  { title, abstractExcerpt, authors }: PaperRow,
  terms: QueryWords["terms"],
): Passage | null {
  const fields: [PassageField, string | null][] = [
    ["TITLE", title],
    ["ABSTRACT", abstractExcerpt],
    ["AUTHORS", authors.length === 0 ? null : authors.join(", ")],
  ];
  let best: { field: PassageField; text: string; count: number } | null = null;
  for (const [field, text] of fields) {
    if (text === null) continue;
    const count = termsIn(text, terms);
    if (best === null || count > best.count) best = { field, text, count };
  }
  return best === null ? null : { field: best.field, parts: passageOf(best.text, terms) };
}

function once<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => {
    value ??= work();
    return value;
  };
}
