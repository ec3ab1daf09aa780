import { buildSchema, type DocumentNode, execute, GraphQLError, validate } from "graphql";
import { ApiError } from "../../../src/api/errors.ts";
import { executeToText } from "../../../src/api/execution/execute-to-text.ts";
import { stringifyResult } from "../../../src/api/execution/json-text.ts";
import { defaultQueryLimits, documentErrors, parseWithin } from "../../../src/api/execution/query-limits.ts";
import { assertSame, failUnless, type Target } from "./target.ts";

const schema = buildSchema(`
  type Query { a: A  either: Either  text(of: String, n: Int = 2, list: [Int!]): String!  many(first: Int): [A!] }
  type A { id: ID!  text: String  a: A  kinds: [Kind]  share: Float }
  type B { id: ID!  isIt: Boolean! }
  union Either = A | B
  enum Kind { ONE TWO }
`);
const a = { __typename: "A", id: "1", text: "x\n", kinds: ["ONE", "THREE", null], share: 1e21, a: () => a };
const rootValue = {
  a,
  either: { __typename: "B", id: 2 },
  text: (given: object) => JSON.stringify(given),
  many: () => [a, new Error("failed")],
};

/** Queries: rejected with a code while they are cheap, else answered like by graphql-js. */
export const queries: Target = {
  name: "queries",
  seeds: () => [
    'query Q($n: Int = 3) { a { ...F a { id @include(if: false) } } text(of: "\\u00e9", n: $n) } fragment F on A { kinds share }',
    '{ either { __typename ... on B { isIt } ... on A { text } } many(first: 2) { x: id } text(of: """\n  block\n """) }',
    '# comment { [ (\n{ __proto__: text(list: [1, 2]) __type(name: "A") { fields { name } } }',
    // It once took quadratic time.
    '\\"'.repeat(1_000),
    `{${" a {".repeat(150)}`,
  ],
  async check(input) {
    let document: DocumentNode;
    try {
      document = parseWithin(input.toString("utf8"), {}, defaultQueryLimits);
    } catch (error) {
      failUnless("an error without a message for clients", error instanceof GraphQLError);
      if (error instanceof ApiError) assertSame("the code", error.extensions["code"], "QUERY_TOO_COMPLEX");
      return;
    }
    const refused = documentErrors(document, defaultQueryLimits);
    failUnless(
      "another code",
      refused.every(({ extensions }) => extensions["code"] === "QUERY_TOO_COMPLEX"),
    );
    if (refused.length > 0 || validate(schema, document).length > 0) return;
    const args = { schema, document, rootValue };
    const [ours, theirs] = await Promise.all([executeToText(args), execute(args)]);
    assertSame("the answer", stringifyResult(ours), JSON.stringify(theirs));
  },
};
