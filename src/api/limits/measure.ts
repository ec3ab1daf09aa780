import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** What an operation asks for, seen from its text alone, with its fragments put in where they are used. */
export type Measures = {
  /** Fields inside each other. */
  readonly depth: number;
  /** The most fields beside each other. */
  readonly breadth: number;
  readonly aliases: number;
  readonly directives: number;
  /** `__schema` and `__type`. */
  readonly introspections: number;
  /** Characters of the longest alias. */
  readonly aliasLength: number;
};

const nothing: Measures = {
  depth: 0,
  breadth: 0,
  aliases: 0,
  directives: 0,
  introspections: 0,
  aliasLength: 0,
};

/**
 * Measures the operations of a document that need not be valid. Each selection is measured once however often it is
 * used, so that fragments that use each other cannot make measuring itself expensive; what they stand for is counted
 * in full. A fragment within itself counts nothing here: validation refuses it.
 */
export function measureOperations(
  document: DocumentNode,
): { readonly operation: OperationDefinitionNode; readonly measures: Measures }[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<SelectionSetNode, Measures>();

  const measure = (set: SelectionSetNode): Measures => {
    const found = known.get(set);
    if (found !== undefined) return found;
    known.set(set, nothing);
    const { fields, directives: around } = flatten(set, fragments);
    let { depth, aliases, introspections, aliasLength } = nothing;
    let directives = around;
    let breadth = fields.length;
    for (const field of fields) {
      const inner = field.selectionSet === undefined ? nothing : measure(field.selectionSet);
      depth = Math.max(depth, 1 + inner.depth);
      breadth = Math.max(breadth, inner.breadth);
      aliases += (field.alias === undefined ? 0 : 1) + inner.aliases;
      directives += (field.directives?.length ?? 0) + inner.directives;
      introspections += (isIntrospection(field) ? 1 : 0) + inner.introspections;
      aliasLength = Math.max(aliasLength, field.alias?.value.length ?? 0, inner.aliasLength);
    }
    const measures = { depth, breadth, aliases, directives, introspections, aliasLength };
    known.set(set, measures);
    return measures;
  };

  return document.definitions.flatMap((operation) => {
    if (operation.kind !== Kind.OPERATION_DEFINITION) return [];
    const measures = measure(operation.selectionSet);
    const own = [operation, ...(operation.variableDefinitions ?? [])];
    const directives = own.reduce((sum, node) => sum + (node.directives?.length ?? 0), measures.directives);
    return { operation, measures: { ...measures, directives } };
  });
}

function isIntrospection({ name: { value } }: FieldNode): boolean {
  return value === "__schema" || value === "__type";
}

/** The fields of a selection as execution collects them: each fragment once, but repeated fields each time. */
function flatten(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): { fields: FieldNode[]; directives: number } {
  const fields: FieldNode[] = [];
  const seen = new Set<string>();
  const waiting = [set];
  let directives = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const selection of next.selections) {
      if (selection.kind === Kind.FIELD) {
        fields.push(selection);
        continue;
      }
      directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        waiting.push(selection.selectionSet);
        continue;
      }
      const fragment = fragments.get(selection.name.value);
      if (fragment === undefined || seen.has(selection.name.value)) continue;
      seen.add(selection.name.value);
      directives += fragment.directives?.length ?? 0;
      waiting.push(fragment.selectionSet);
    }
  }
  return { fields, directives };
}
