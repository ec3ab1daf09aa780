import {
  type FieldNode,
  type GraphQLResolveInfo,
  Kind,
  type SelectionSetNode,
  valueFromASTUntyped,
} from "graphql";

type Resolved = Pick<GraphQLResolveInfo, "fieldNodes" | "fragments">;

/**
 * The fields that a query selects at a path below the field being resolved, including those in fragments and regardless
 * of `@skip` and `@include`. For `["nodes", "shared"]`, each `shared` of each `nodes`.
 */
export function selectedFields({ fieldNodes, fragments }: Resolved, path: readonly string[]): FieldNode[] {
  let fields = [...fieldNodes];
  for (const name of path) {
    fields = [...childFields(fields, fragments)].filter((field) => field.name.value === name);
  }
  return fields;
}

function* childFields(
  fields: readonly FieldNode[],
  fragments: Resolved["fragments"],
): Generator<FieldNode, void> {
  const sets: SelectionSetNode[] = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
  const visited = new Set<string>();
  for (let set = sets.pop(); set !== undefined; set = sets.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) yield selection;
      else if (selection.kind === Kind.INLINE_FRAGMENT) sets.push(selection.selectionSet);
      else {
        const fragment = fragments[selection.name.value];
        if (fragment === undefined || visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
        sets.push(fragment.selectionSet);
      }
    }
  }
}

/**
 * The greatest value that a query passes to an argument of the fields at a path; `otherwise` if a field is selected
 * without it, 0 if none is selected. So a value that several fields need is computed once.
 */
export function greatestArgument(
  info: Resolved & Pick<GraphQLResolveInfo, "variableValues">,
  path: readonly string[],
  argument: string,
  otherwise: number,
): number {
  const values = selectedFields(info, path).map(({ arguments: given }) => {
    const node = given?.find(({ name }) => name.value === argument);
    const value = node === undefined ? undefined : valueFromASTUntyped(node.value, info.variableValues);
    return typeof value === "number" ? value : otherwise;
  });
  return Math.max(0, ...values);
}
