import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";
import { ApiError } from "../errors.ts";

/** Fields inside each other that an operation may have. The longest introspection query in use has 15. */
export const maximumDepth = 20;

/**
 * A validation rule that refuses operations deeper than `maximumDepth` (QUERY_TOO_COMPLEX). Each fragment is
 * measured once, so fragments that use each other cannot make measuring itself expensive.
 */
export function depthRule(context: ValidationContext): ASTVisitor {
  const depths = new Map<string, number>();

  const depthOfFragment = (fragment: FragmentDefinitionNode): number => {
    const name = fragment.name.value;
    const known = depths.get(name);
    if (known !== undefined) return known;
    // A fragment within itself counts nothing here; another rule refuses it.
    depths.set(name, 0);
    const depth = depthOf(fragment.selectionSet);
    depths.set(name, depth);
    return depth;
  };
  const depthOf = ({ selections }: SelectionSetNode): number => {
    let deepest = 0;
    for (const selection of selections) {
      let depth = 0;
      if (selection.kind === Kind.FIELD) {
        depth = 1 + (selection.selectionSet === undefined ? 0 : depthOf(selection.selectionSet));
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        depth = depthOf(selection.selectionSet);
      } else {
        const fragment = context.getFragment(selection.name.value);
        depth = fragment ? depthOfFragment(fragment) : 0;
      }
      deepest = Math.max(deepest, depth);
    }
    return deepest;
  };

  return {
    OperationDefinition(operation) {
      const depth = depthOf(operation.selectionSet);
      if (depth > maximumDepth) {
        context.reportError(
          new ApiError(
            "QUERY_TOO_COMPLEX",
            `The query has ${depth} fields inside each other; ${maximumDepth} are the most.`,
          ),
        );
      }
    },
  };
}
