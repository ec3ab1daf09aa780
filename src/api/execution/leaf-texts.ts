import {
  GraphQLBoolean,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  GraphQLString,
  isEnumType,
} from "graphql";
import { stringifyResult } from "../json-text.ts";

/** The JSON text of a value of a leaf type. Throws where the type cannot take it. */
export type LeafText = (value: unknown) => string;

const texts = new WeakMap<GraphQLLeafType, LeafText>();

/** How values of a scalar or an enum are written; made once for each type. */
export function leafTextOf(type: GraphQLLeafType): LeafText {
  const known = texts.get(type);
  if (known !== undefined) return known;
  const made = makeLeafText(type);
  texts.set(type, made);
  return made;
}

function makeLeafText(type: GraphQLLeafType): LeafText {
  const serialized: LeafText = (value) => {
    const result: unknown = type.serialize(value);
    if (result === undefined || result === null) {
      throw new Error(`The type ${type.name} made nothing of a value that is not null.`);
    }
    return stringifyResult(result);
  };
  // What nearly all values are, without asking the type.
  switch (type) {
    case GraphQLString:
    case GraphQLID:
      return (value) => (typeof value === "string" ? JSON.stringify(value) : serialized(value));
    case GraphQLInt:
      return (value) =>
        Number.isInteger(value) && ((value as number) | 0) === value ? `${value}` : serialized(value);
    case GraphQLBoolean:
      return (value) => (value === true ? "true" : value === false ? "false" : serialized(value));
  }
  if (!isEnumType(type)) return serialized;
  const names = new Map<unknown, string>();
  for (const { value, name } of type.getValues()) names.set(value, JSON.stringify(name));
  return (value) => names.get(value) ?? serialized(value);
}
