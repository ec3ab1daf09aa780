import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from "graphql";
import type { PlannedField } from "./plan.ts";

/** Where a value stands in the answer, from below. */
export type Path = GraphQLResolveInfo["path"];

/** What of an execution a resolver is told. */
type Execution = { readonly rootValue: unknown; readonly variables: Record<string, unknown> };

/** What a resolver is told of its field. Most ask for nothing of it, so it is put together when asked. */
export class AskedField implements GraphQLResolveInfo {
  readonly field: PlannedField;
  readonly #execution: Execution;
  readonly #parentPath: Path | undefined;
  #path: Path | undefined;

  constructor(field: PlannedField, execution: Execution, parentPath: Path | undefined) {
    this.field = field;
    this.#execution = execution;
    this.#parentPath = parentPath;
  }

  get path(): Path {
    const { responseName, parentType } = this.field;
    this.#path ??= { prev: this.#parentPath, key: responseName, typename: parentType.name };
    return this.#path;
  }

  get fieldName(): string {
    return this.field.definition.name;
  }

  get fieldNodes(): readonly FieldNode[] {
    return this.field.nodes;
  }

  get returnType(): GraphQLOutputType {
    return this.field.definition.type;
  }

  get parentType(): GraphQLObjectType {
    return this.field.parentType;
  }

  get schema(): GraphQLSchema {
    return this.field.plan.schema;
  }

  get fragments(): Record<string, FragmentDefinitionNode> {
    return this.field.plan.fragments;
  }

  get operation(): OperationDefinitionNode {
    return this.field.plan.operation;
  }

  get rootValue(): unknown {
    return this.#execution.rootValue;
  }

  get variableValues(): Record<string, unknown> {
    return this.#execution.variables;
  }
}
