import { GraphQLError } from "graphql";
import { builder } from "./builder.ts";
import { JsonText } from "./json-text.ts";

builder.scalarType("DateTime", {
  description:
    "An instant. In answers RFC 3339, in UTC, to the microsecond: `2023-02-23T17:34:53.000000Z`. Arguments take RFC 3339 " +
    "with any offset, also to the minute, and dates alone.",
  serialize: (value) => value,
  parseValue: (value) => {
    if (typeof value === "string") return value;
    throw new GraphQLError("A DateTime is a string.");
  },
});

builder.scalarType("JSON", {
  description:
    "A JSON value of any kind, in canonical JSON (keys sorted by code point, `1.0` apart from `1`, integers of any " +
    "size exact). Its text in the response is the text that hashes were taken over; a reader that goes through " +
    "doubles loses that. Output only.",
  serialize: (value) => {
    if (value instanceof JsonText) return value;
    throw new TypeError("The JSON scalar takes JsonText.");
  },
  parseValue: () => {
    throw new GraphQLError("JSON is for output only.");
  },
});
