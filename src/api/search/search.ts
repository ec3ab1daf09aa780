import { builder } from "../builder.ts";

import { searchArguments } from "../connections.ts";
import { ClaimObject, PaperObject, WorkObject } from "../objects.ts";
import type { PassagePart } from "./passage.ts";
import { type Passage, type SearchEdge, type SearchNode, SearchResults } from "./results.ts";
import { mostRanked } from "./text-search.ts";

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

const PassagePartObject = builder.objectRef<PassagePart>("PassagePart");
PassagePartObject.implement({
  description: "A part of a passage, as plain text.",
  fields: (t) => ({
    text: t.exposeString("text", { description: "The text of this part, including white space." }),
    isMatch: t.exposeBoolean("isMatch", { description: "Whether this part matches the query." }),
  }),
});

const PassageObject = builder.objectRef<Passage>("SearchPassage");
PassageObject.implement({
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
      `spellings. Ranks at most ${mostRanked.toLocaleString("en-US")} papers and as many claims per query.`,
    args: {
      query: t.arg.string({
        required: true,
        description:
          'Words that must all occur, `"a phrase"` or `-word` to exclude a word; or an identifier, as `Query.work` accepts. ' +
          "Case is ignored, accents are not, and words are not stemmed; maximum 500 characters or 32 terms.",
      }),
      ...searchArguments,
    },
    resolve: (_root, { query, ...page }, context) => new SearchResults(query, page, context),
  }),
);
