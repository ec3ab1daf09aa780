import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type ParseOptions,
  parse,
  type SelectionSetNode,
} from "graphql";
import { defaultQueryLimits, type QueryLimits } from "../../config/index.ts";
import { ApiError, badUserInput } from "../errors.ts";

export { defaultQueryLimits, type QueryLimits };

/** The maximum number of fields in one selection; comparing them with each other takes quadratic time. */
const maxBreadth = 500;

/** The maximum number of uses of `__schema` and `__type` in a query. */
const maxIntrospections = 10;

/** The maximum nesting of brackets of any kind in a query's text: the parser needs stack space for each. */
export const maxNesting = 100;

/** The maximum length of a list in variables. Each member may be a parameter; a statement has at most 65,535. */
const maxListLength = 1_000;

/** The maximum length of an alias: each object of the answer repeats it. */
const maxAliasLength = 100;

/** Parses a query. Throws QUERY_TOO_COMPLEX if it is longer or deeper than any realistic one. */
export function parseWithin(
  source: string,
  options: ParseOptions,
  { tokens }: Pick<QueryLimits, "tokens">,
): DocumentNode {
  rejectDeepNesting(source);
  try {
    return parse(source, { ...options, maxTokens: tokens });
  } catch (error) {
    if (error instanceof GraphQLError && /tokens\. Parsing aborted/.test(error.message)) {
      throw new ApiError(
        "QUERY_TOO_COMPLEX",
        `The query has more than ${tokens} tokens, the maximum. Use fragments, or several requests.`,
        { maximum: tokens },
      );
    }
    throw error;
  }
}

/**
 * Strings and comments, whose brackets do not count, and brackets. An unterminated string matches as far as it can;
 * otherwise matching would restart at each quote within it.
 */
const bracketsAndTexts = /"""(?:\\"""|[^"]|"(?!""))*(?:""")?|"(?:\\.|[^"\\\n])*"?|#[^\n]*|[([{]|[)\]}]/g;

function rejectDeepNesting(source: string): void {
  let depth = 0;
  for (const [part] of source.matchAll(bracketsAndTexts)) {
    if (part === "{" || part === "[" || part === "(") depth++;
    else if (part === "}" || part === "]" || part === ")") depth--;
    if (depth > maxNesting) {
      throw new ApiError(
        "QUERY_TOO_COMPLEX",
        `The query has more than ${maxNesting} nested brackets, the maximum. Nest it less deeply.`,
        { maximum: maxNesting },
      );
    }
  }
}

type LimitText = { readonly words: string; readonly advice: string };

const limitTexts: Record<keyof Measures, LimitText> = {
  depth: { words: "nested fields", advice: "Query the inner objects by their own ref or id." },
  breadth: {
    words: "fields in one selection",
    advice: "Select each field once, or use several requests.",
  },
  aliases: {
    words: "aliased fields, counting fragments each time they are spread",
    advice: "Query several objects with `nodes` or a filter, or use several requests.",
  },
  directives: {
    words: "directives, counting fragments each time they are spread",
    advice: "Remove the fields that you don't need from the query.",
  },
  aliasLength: { words: "characters in an alias", advice: "The response repeats it for each object." },
  introspections: {
    words: "fields `__schema` and `__type`",
    advice: "The complete schema is in schema.graphql.",
  },
};

/** The limits that a document exceeds: one error (QUERY_TOO_COMPLEX) for each limit and operation. */
export function documentErrors(document: DocumentNode, limits: QueryLimits): ApiError[] {
  const max: Measures = {
    ...limits,
    breadth: maxBreadth,
    introspections: maxIntrospections,
    aliasLength: maxAliasLength,
  };
  return measureOperations(document).flatMap(({ measures }) =>
    (Object.keys(limitTexts) as (keyof Measures)[])
      .filter((name) => measures[name] > max[name])
      .map((name) => {
        const { words, advice } = limitTexts[name];
        const message = `The query has ${measures[name]} ${words}, but the maximum is ${max[name]}. ${advice}`;
        return new ApiError("QUERY_TOO_COMPLEX", message, { [name]: measures[name], maximum: max[name] });
      }),
  );
}

/** The size of an operation by its text alone, with fragments expanded. */
type Measures = {
  /** The maximum nesting of fields. */
  readonly depth: number;
  /** The maximum number of fields in one selection. */
  readonly breadth: number;
  readonly aliases: number;
  readonly directives: number;
  /** `__schema` and `__type`. */
  readonly introspections: number;
  /** The length of the longest alias. */
  readonly aliasLength: number;
};

const emptyMeasures: Measures = {
  depth: 0,
  breadth: 0,
  aliases: 0,
  directives: 0,
  introspections: 0,
  aliasLength: 0,
};

/**
 * Measures the operations of a document, which need not be valid. Each selection is measured once however often it is
 * used, so fragments that use each other cannot make measuring expensive; their expansion is counted in full. A
 * fragment within itself counts nothing: validation rejects it.
 */
export function measureOperations(
  document: DocumentNode,
): { readonly operation: OperationDefinitionNode; readonly measures: Measures }[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<SelectionSetNode, Measures>();

  const measure = (set: SelectionSetNode): Measures => {
    const found = measured.get(set);
    if (found !== undefined) return found;
    measured.set(set, emptyMeasures);
    const { fields, directives: ownDirectives } = fieldsOf(set, fragments);
    let { depth, aliases, introspections, aliasLength } = emptyMeasures;
    let directives = ownDirectives;
    let breadth = fields.length;
    for (const field of fields) {
      const inner = field.selectionSet === undefined ? emptyMeasures : measure(field.selectionSet);
      depth = Math.max(depth, 1 + inner.depth);
      breadth = Math.max(breadth, inner.breadth);
      aliases += (field.alias === undefined ? 0 : 1) + inner.aliases;
      directives += (field.directives?.length ?? 0) + inner.directives;
      introspections += (isIntrospection(field) ? 1 : 0) + inner.introspections;
      aliasLength = Math.max(aliasLength, field.alias?.value.length ?? 0, inner.aliasLength);
    }
    const measures = { depth, breadth, aliases, directives, introspections, aliasLength };
    measured.set(set, measures);
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
function fieldsOf(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): { fields: FieldNode[]; directives: number } {
  const fields: FieldNode[] = [];
  const seen = new Set<string>();
  const pending = [set];
  let directives = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const selection of next.selections) {
      if (selection.kind === Kind.FIELD) {
        fields.push(selection);
        continue;
      }
      directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        pending.push(selection.selectionSet);
        continue;
      }
      const fragment = fragments.get(selection.name.value);
      if (fragment === undefined || seen.has(selection.name.value)) continue;
      seen.add(selection.name.value);
      directives += fragment.directives?.length ?? 0;
      pending.push(fragment.selectionSet);
    }
  }
  return { fields, directives };
}

/** Why variables are rejected before they are coerced (BAD_USER_INPUT); null if they are not. */
export function variablesError(variables: Readonly<Record<string, unknown>>): ApiError | null {
  for (const [name, variable] of Object.entries(variables)) {
    const pending = [variable];
    for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
      if (typeof value !== "object" || value === null) continue;
      const members = Object.values(value);
      if (Array.isArray(value) && members.length > maxListLength) {
        return badUserInput(
          `Variable "$${name}" has a list of ${members.length}, but the maximum is ${maxListLength}. Use several requests.`,
        );
      }
      // Pushed one by one: a list may be longer than the maximum number of call arguments.
      for (const member of members) pending.push(member);
    }
  }
  return null;
}
