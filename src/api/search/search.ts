import { builder } from "../builder.ts";
import { forwardArguments } from "../connections/schema.ts";
import { ClaimObject, PaperObject, WorkObject } from "../objects.ts";
import type { PassagePart } from "./passage.ts";
import { type Passage, type SearchEdge, type SearchNode, SearchResults } from "./results.ts";
import { mostCandidates, mostRanked } from "./text-search.ts";

const MatchWayEnum = builder.enumType("MatchWay", {
  description: "How something was found.",
  values: {
    IDENTIFIER: { description: "The query is a name of it: an arXiv id, a DOI, a Pith number, a work id." },
    WORDS: { description: "It has all the words of the query." },
    LIKENESS: {
      description: "Nothing has the words; its title or authors are like the query, letter by letter.",
    },
  } as const,
});

const PassageFieldEnum = builder.enumType("PassageField", {
  description: "Where a passage stands.",
  values: {
    TITLE: { description: "In the paper's title." },
    AUTHORS: { description: "In the paper's authors, with commas between." },
    ABSTRACT: { description: "In the paper's `abstractExcerpt`." },
    CLAIM: { description: "In the claim." },
  } as const,
});

const PassagePartObject = builder.objectRef<PassagePart>("PassagePart");
PassagePartObject.implement({
  description: "A piece of a passage. Put together they are the passage; plain text, never HTML.",
  fields: (t) => ({
    text: t.exposeString("text", { description: "The piece, with its blanks." }),
    isMatch: t.exposeBoolean("isMatch", { description: "Whether it is what was looked for." }),
  }),
});

const PassageObject = builder.objectRef<Passage>("SearchPassage");
PassageObject.implement({
  description: "The part of a text where most of what was looked for stands: some 280 characters.",
  fields: (t) => ({
    field: t.expose("field", { type: PassageFieldEnum, description: "Where it stands." }),
    text: t.string({
      description: "The whole passage. `…` stands for what is cut off.",
      resolve: ({ parts }) => parts.map(({ text }) => text).join(""),
    }),
    parts: t.field({
      type: [PassagePartObject],
      description: "The passage in pieces, so that matches can be shown.",
      resolve: ({ parts }) => [...parts],
    }),
  }),
});

const SearchResultUnion = builder.unionType("SearchResult", {
  description: "What a search finds. A work only where the query is its name and no paper of it is held.",
  types: [PaperObject, ClaimObject, WorkObject],
  resolveType: (node: SearchNode) =>
    "claimId" in node ? ClaimObject : "pithNumber" in node ? PaperObject : WorkObject,
});

const SearchEdgeObject = builder.edgeObject<typeof SearchResultUnion, false>({
  type: SearchResultUnion,
  name: "SearchEdge",
  description: "What was found, how well it fits, and its place in the connection.",
  nodeNullable: false,
});

const SearchConnection = builder.connectionObject(
  { type: SearchResultUnion, name: "SearchConnection", description: "A page of what a search found." },
  SearchEdgeObject,
);

builder.objectFields(SearchEdgeObject, (t) => ({
  score: t.float({
    description:
      "How well it fits, from 0 to 1, to be compared within one answer only. By words: PostgreSQL's `ts_rank`, in which a " +
      "title counts more than authors, claims and abstract, in this order.",
    resolve: (edge) => (edge as SearchEdge).score,
  }),
  matchedBy: t.field({
    type: MatchWayEnum,
    description: "How it was found.",
    resolve: (edge) => (edge as SearchEdge).matchedBy,
  }),
  passage: t.field({
    type: PassageObject,
    nullable: true,
    description: "What of it fits. Null for a work, and for a paper of which no text is known.",
    resolve: (edge) => (edge as SearchEdge).passage,
  }),
}));

builder.queryField("search", (t) =>
  t.field({
    type: SearchConnection,
    description:
      "Full text over titles, authors, abstracts and claims, best first. First what the query is a name of; then what has " +
      "all its words; where nothing has them, papers whose title or authors are like it. Words are runs of letters and " +
      `digits; case does not matter, accents do; nothing is stemmed. Of one query ${mostRanked.toLocaleString("en-US")} ` +
      "papers and as many claims are ranked; of more it takes those that it comes upon first, and counts no others. " +
      `Words side by side, and \`-word\`, are looked for in ${mostCandidates.toLocaleString("en-US")} papers and as many ` +
      "claims that have all words.",
    args: {
      query: t.arg.string({
        required: true,
        description:
          'Words, all of which must be there; `"words side by side"`; `-word` for what must not be. Or an identifier, ' +
          "as for `paper` and `work`. Longer than 500 characters or 32 terms: BAD_USER_INPUT. Without a word it finds nothing.",
      }),
      ...forwardArguments,
    },
    resolve: (_root, { query, ...page }, context) => new SearchResults(query, page, context),
  }),
);
