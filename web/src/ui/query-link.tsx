import { Kind, print } from "@0no-co/graphql.web";
import type { TadaDocumentNode } from "../api/index.ts";
import { serverAddress } from "../routing/index.ts";

/** Opens GraphiQL with the query whose answer a view shows. */
export function QueryBehind<Data, Variables>({
  document,
  variables,
  of,
}: {
  document: TadaDocumentNode<Data, Variables>;
  variables: Variables;
  /** What the view shows, for screen readers. */
  of: string;
}) {
  return (
    <a class="query-behind small" href={graphiqlAddress(standaloneQuery(document, variables))}>
      GraphQL query<span class="only-read">: {of}</span>
    </a>
  );
}

type Document = Parameters<typeof print>[0] & { readonly kind: Kind.DOCUMENT };
type Value = string | number | boolean | null | readonly Value[] | undefined;

/**
 * A query that can be run as it stands: its variables have what was asked for as their defaults, since GraphiQL takes
 * a query by its address, and no variables.
 */
export function standaloneQuery<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
): string {
  const given = (variables ?? {}) as Readonly<Record<string, Value>>;
  const definitions = (document as unknown as Document).definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
    const variableDefinitions = (definition.variableDefinitions ?? []).map((variable) => {
      const value = given[variable.variable.name.value];
      if (value === undefined || value === null) return variable;
      return { ...variable, defaultValue: literal(value, typeName(variable.type)) };
    });
    return { ...definition, variableDefinitions };
  });
  return print({ kind: Kind.DOCUMENT, definitions } as Document);
}

/** The address at which GraphiQL opens with a query. */
export function graphiqlAddress(query: string): string {
  return serverAddress(`graphql?${new URLSearchParams({ query })}`);
}

type Type = { readonly kind: Kind; readonly type?: Type; readonly name?: { readonly value: string } };

function typeName(type: Type): string {
  return type.name?.value ?? (type.type === undefined ? "" : typeName(type.type));
}

const quoted = new Set(["String", "ID", "DateTime"]);

function literal(value: NonNullable<Value>, type: string): object {
  if (Array.isArray(value)) {
    return { kind: Kind.LIST, values: value.map((item: NonNullable<Value>) => literal(item, type)) };
  }
  if (typeof value === "boolean") return { kind: Kind.BOOLEAN, value };
  if (typeof value === "number")
    return { kind: type === "Float" ? Kind.FLOAT : Kind.INT, value: String(value) };
  // What is text and no scalar's is a name of an enum.
  return quoted.has(type) ? { kind: Kind.STRING, value } : { kind: Kind.ENUM, value };
}
