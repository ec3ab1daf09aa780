import {
  type GraphQLAbstractType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { type LeafText, leafTextOf } from "./leaf-texts.ts";

/** What a type asks of its values, so that nobody has to ask the type for every value. */
export type Shape = { readonly isNullable: boolean } & (
  | { readonly kind: "leaf"; readonly text: LeafText }
  | { readonly kind: "list"; readonly item: Shape }
  | { readonly kind: "object"; readonly type: GraphQLObjectType }
  | { readonly kind: "abstract"; readonly type: GraphQLAbstractType }
);

const shapes = new WeakMap<GraphQLOutputType, Shape>();

export function shapeOf(type: GraphQLOutputType): Shape {
  const known = shapes.get(type);
  if (known !== undefined) return known;
  const made = makeShape(type);
  shapes.set(type, made);
  return made;
}

function makeShape(type: GraphQLOutputType): Shape {
  if (isNonNullType(type)) return { ...shapeOf(type.ofType), isNullable: false };
  const isNullable = true;
  if (isLeafType(type)) return { kind: "leaf", isNullable, text: leafTextOf(type) };
  if (isListType(type)) return { kind: "list", isNullable, item: shapeOf(type.ofType) };
  if (isObjectType(type)) return { kind: "object", isNullable, type };
  if (isAbstractType(type)) return { kind: "abstract", isNullable, type };
  throw new Error(`No value is known to be of the type ${String(type)}.`);
}
