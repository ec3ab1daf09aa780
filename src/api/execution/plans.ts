import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  Kind,
  type OperationDefinitionNode,
  visit,
} from "graphql";
import { OperationPlan } from "./plan.ts";

/** Plans of an operation, one for each set of values of the variables in its conditions. */
type Plans = {
  readonly schema: GraphQLSchema;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  /** The variables that `@skip` and `@include` ask. */
  readonly conditions: readonly string[];
  readonly byValues: Map<string, OperationPlan>;
};

/** Of one operation; more are made anew. */
const mostKept = 64;

const known = new WeakMap<OperationDefinitionNode, Plans>();

/** The plan of an operation, for variables that have been coerced. Documents that are kept parsed keep their plans. */
export function planOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): OperationPlan | null {
  const plans = plansOf(schema, document, operation);
  const values = plans.conditions.map((name) => `${variables[name]}`).join();
  const found = plans.byValues.get(values);
  if (found !== undefined) return found;
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) return null;
  const plan = new OperationPlan(schema, operation, plans.fragments, rootType, variables);
  if (plans.byValues.size >= mostKept) plans.byValues.clear();
  plans.byValues.set(values, plan);
  return plan;
}

function plansOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Plans {
  const found = known.get(operation);
  if (found !== undefined && found.schema === schema) return found;
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const plans = { schema, fragments, conditions: conditionsOf(document), byValues: new Map() };
  known.set(operation, plans);
  return plans;
}

function conditionsOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given = [] }) {
      if (name.value !== GraphQLSkipDirective.name && name.value !== GraphQLIncludeDirective.name) return;
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
