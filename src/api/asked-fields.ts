import {
  type FieldNode,
  type GraphQLResolveInfo,
  Kind,
  type SelectionSetNode,
  valueFromASTUntyped,
} from "graphql";

type Asked = Pick<GraphQLResolveInfo, "fieldNodes" | "fragments">;

/** The fields that a query has right below the one being resolved, in fragments too, whatever their conditions. */
function* askedFields({ fieldNodes, fragments }: Asked): Generator<FieldNode> {
  const sets: SelectionSetNode[] = fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  for (let set = sets.pop(); set !== undefined; set = sets.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) yield selection;
      else if (selection.kind === Kind.INLINE_FRAGMENT) sets.push(selection.selectionSet);
      else {
        const fragment = fragments[selection.name.value];
        if (fragment !== undefined) sets.push(fragment.selectionSet);
      }
    }
  }
}

/** Whether a query has any of these fields below the one being resolved. */
export function isAsked(info: Asked, fields: readonly string[]): boolean {
  for (const { name } of askedFields(info)) if (fields.includes(name.value)) return true;
  return false;
}

/**
 * The greatest value that a query gives to an argument of a field below the one being resolved; `otherwise` where the
 * field is asked for without it, 0 where it is not asked for. So what several fields need is computed once.
 */
export function greatestAsked(
  info: Asked & Pick<GraphQLResolveInfo, "variableValues">,
  field: string,
  argument: string,
  otherwise: number,
): number {
  let greatest = 0;
  for (const { name, arguments: given } of askedFields(info)) {
    if (name.value !== field) continue;
    const argumentNode = given?.find((node) => node.name.value === argument);
    const value =
      argumentNode === undefined ? undefined : valueFromASTUntyped(argumentNode.value, info.variableValues);
    greatest = Math.max(greatest, typeof value === "number" ? value : otherwise);
  }
  return greatest;
}
