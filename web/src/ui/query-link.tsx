import { Kind, print } from "@0no-co/graphql.web";
import type { TadaDocumentNode } from "../api/index.ts";
import { serverUrl } from "../routing/index.ts";

/** Opens GraphiQL with the query of a view. */
export function QueryLink<Data, Variables>({
  document,
  variables,
  label,
}: {
  document: TadaDocumentNode<Data, Variables>;
  variables: Variables;
  /** The subject of the view, for screen readers. */
  label: string;
}) {
  return (
    <a class="query-behind small" href={graphiqlUrl(standaloneQuery(document, variables))}>
      GraphQL query<span class="visually-hidden">: {label}</span>
    </a>
  );
}

type Document = Parameters<typeof print>[0] & { readonly kind: Kind.DOCUMENT };
type Value = string | number | boolean | null | readonly Value[] | undefined;

/**
 * A query that runs as it is, with the values of its variables as their defaults: GraphiQL takes a query from its
 * URL, but no variables.
 */
export function standaloneQuery<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
): string {
  const values = (variables ?? {}) as Readonly<Record<string, Value>>;
  const definitions = (document as unknown as Document).definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
    const variableDefinitions = (definition.variableDefinitions ?? []).map((variable) => {
      const value = values[variable.variable.name.value];
      if (value === undefined || value === null) return variable;
      return { ...variable, defaultValue: literal(value, typeName(variable.type)) };
    });
    return { ...definition, variableDefinitions };
  });
  return print({ kind: Kind.DOCUMENT, definitions } as Document);
}

/** The URL at which GraphiQL opens with a query. */
export function graphiqlUrl(query: string): string {
  return serverUrl(`graphql?${new URLSearchParams({ query })}`);
}

type Type = { readonly kind: Kind; readonly type?: Type; readonly name?: { readonly value: string } };

function typeName(type: Type): string {
  return type.name?.value ?? (type.type === undefined ? "" : typeName(type.type));
}

const stringTypes = new Set(["String", "ID", "DateTime"]);

function literal(value: NonNullable<Value>, type: string): object {
  if (Array.isArray(value)) {
    return { kind: Kind.LIST, values: value.map((item: NonNullable<Value>) => literal(item, type)) };
  }
  if (typeof value === "boolean") return { kind: Kind.BOOLEAN, value };
  if (typeof value === "number")
    return { kind: type === "Float" ? Kind.FLOAT : Kind.INT, value: String(value) };
  // A string for any other type is an enum value.
  return stringTypes.has(type) ? { kind: Kind.STRING, value } : { kind: Kind.ENUM, value };
}
