import { GraphQLError } from "graphql";
import { builder } from "./builder.ts";
import { JsonText } from "./json-text.ts";

builder.scalarType("DateTime", {
  description:
    "An instant in RFC 3339. Results are in UTC to the microsecond (`2023-02-23T17:34:53.000000Z`); arguments may have any " +
    "offset, may omit the seconds, and may be a date alone, which is its first instant in UTC.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
  serialize: (value) => value,
  parseValue: (value) => {
    if (typeof value === "string") return value;
    throw new GraphQLError("A DateTime is a string.");
  },
});

builder.scalarType("JSON", {
  description:
    "Any JSON value, written as the canonical JSON that hashes are computed over: `1.0` differs from `1`, and integers of any " +
    "size are exact. A client that parses numbers as doubles loses that. Output only.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc8259",
  serialize: (value) => {
    if (value instanceof JsonText) return value;
    throw new TypeError("The JSON scalar serializes JsonText only.");
  },
  parseValue: () => {
    throw new GraphQLError("JSON is for output only.");
  },
});
