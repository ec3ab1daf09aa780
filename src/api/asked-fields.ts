import { type GraphQLResolveInfo, Kind, type SelectionSetNode, valueFromASTUntyped } from "graphql";

/**
 * The greatest value that a query gives to an argument of a field below the one being resolved; `otherwise` where the
 * field is asked for without it, 0 where it is not asked for. So what several fields need is computed once.
 */
export function greatestAsked(
  { fieldNodes, fragments, variableValues }: GraphQLResolveInfo,
  field: string,
  argument: string,
  otherwise: number,
): number {
  let greatest = 0;
  const look = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) look(selection.selectionSet);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments[selection.name.value];
        if (fragment !== undefined) look(fragment.selectionSet);
      } else if (selection.name.value === field) {
        const given = selection.arguments?.find(({ name }) => name.value === argument);
        const value = given === undefined ? undefined : valueFromASTUntyped(given.value, variableValues);
        greatest = Math.max(greatest, typeof value === "number" ? value : otherwise);
      }
    }
  };
  for (const { selectionSet } of fieldNodes) if (selectionSet !== undefined) look(selectionSet);
  return greatest;
}
