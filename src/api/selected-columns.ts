import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from "graphql";
import type { Context } from "./context.ts";
import { selectedFields } from "./execution/index.ts";
import {
  type ClaimRow,
  type ColumnSet,
  claimColumns,
  type PaperRow,
  paperColumns,
  type ReferenceRow,
  referenceColumns,
  type TableColumns,
  type WorkRow,
  workColumns,
} from "./loaders/index.ts";

/*
 * A query reads the columns that it shows. So the fields of these types declare what they read of their row: exposed
 * columns by their name, resolvers by `reads`. A row has the columns that were declared by the selected fields, although
 * its type has all of them: resolvers see only what they declare.
 */

/** The object types whose fields are columns of a row, and its table. */
const tables: Readonly<Record<string, TableColumns<never>>> = {
  Paper: paperColumns,
  Source: paperColumns,
  Verification: paperColumns,
  State: paperColumns,
  ReferenceCoverage: paperColumns,
  Work: workColumns,
  Reference: referenceColumns,
  Claim: claimColumns,
};

type Path = readonly string[];

/** Where a connection has its nodes. */
export const ofConnection: readonly Path[] = [["nodes"], ["edges", "node"]];

type Declared = {
  readonly columns?: readonly string[];
  /** Further columns if `totalCount` is selected below the field. */
  readonly countColumns?: readonly string[];
  /** Further columns if a field of the connection's nodes is selected, by its name. */
  readonly nodeColumns?: Readonly<Record<string, readonly string[]>>;
  readonly isSameRow?: true;
};

/**
 * A resolver, with the columns of its row that it reads. `countColumns` are there only for a connection's `totalCount`.
 * `nodeColumns` are those that fields of its nodes will load of the same row: they are read at once.
 */
export function reads<
  Row,
  Column extends keyof Row & string,
  Args,
  Result,
  CountColumn extends keyof Row & string = never,
>(
  columns: readonly Column[],
  resolve: (
    row: Pick<Row, Column | CountColumn>,
    args: Args,
    context: Context,
    info: GraphQLResolveInfo,
  ) => Result,
  countColumns: readonly CountColumn[] = [],
  nodeColumns: Readonly<Record<string, readonly (keyof Row & string)[]>> = {},
): (row: Row, args: Args, context: Context, info: GraphQLResolveInfo) => Result {
  const declared: Declared = { columns, countColumns, nodeColumns };
  return Object.assign(
    (row: Row, args: Args, context: Context, info: GraphQLResolveInfo) => resolve(row, args, context, info),
    declared,
  );
}

/** The resolver of a field whose object is another view of the same row. */
export const sameRow = Object.assign(<Row>(row: Row): Row => row, { isSameRow: true } satisfies Declared);

/** Throws if a field of such a type does not declare its columns. To be called before resolvers are wrapped. */
export function checkColumns(schema: GraphQLSchema): void {
  for (const [name, table] of Object.entries(tables)) {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`There is no type ${name}.`);
    for (const field of Object.values(type.getFields())) {
      const exposed = field.extensions["pothosExposedField"];
      const { columns, countColumns = [], nodeColumns = {}, isSameRow } = (field.resolve ?? {}) as Declared;
      if (isSameRow) continue;
      const read = typeof exposed === "string" ? [exposed] : columns;
      if (read === undefined) throw new Error(`${name}.${field.name} does not declare the columns it reads.`);
      const set = (names: readonly string[]) => table.of(...(names as never[]));
      const below = [
        { paths: [["totalCount"]], columns: set(countColumns) },
        ...Object.entries(nodeColumns).map(([name, names]) => ({
          paths: ofConnection.map((path) => [...path, name]),
          columns: set(names),
        })),
      ];
      fieldColumns.set(field, { own: set(read), below });
    }
  }
}

type FieldColumns = {
  readonly own: ColumnSet<never>;
  /** Columns that are needed if a field is selected at one of the paths. */
  readonly below: readonly { readonly paths: readonly Path[]; readonly columns: ColumnSet<never> }[];
};

/** Absent for fields that return their own row. */
const fieldColumns = new WeakMap<GraphQLField<unknown, unknown>, FieldColumns>();

type RowOf = {
  readonly Paper: PaperRow;
  readonly Work: WorkRow;
  readonly Reference: ReferenceRow;
  readonly Claim: ClaimRow;
};

type FieldInfo = Pick<GraphQLResolveInfo, "fieldNodes" | "fragments" | "schema">;
const ofField: readonly Path[] = [[]];

/** By the nodes of a field, which a cached document keeps. */
const known = new WeakMap<readonly FieldNode[], Map<string, ColumnSet<never> | null>>();

/**
 * The columns that a query selects of objects of a type, at these paths below the field being resolved. Regardless of
 * `@skip` and `@include`.
 */
export function selectedColumns<Name extends keyof RowOf>(
  info: FieldInfo,
  name: Name,
  paths: readonly Path[] = ofField,
): ColumnSet<RowOf[Name]> {
  const key = (tables[name] as TableColumns<never>).key as ColumnSet<never>;
  return selectedIfAny(info, name, paths) ?? (key as unknown as ColumnSet<RowOf[Name]>);
}

/** As `selectedColumns`; null if no such object is selected. */
export function selectedIfAny<Name extends keyof RowOf>(
  info: FieldInfo,
  name: Name,
  paths: readonly Path[],
): ColumnSet<RowOf[Name]> | null {
  let byPlace = known.get(info.fieldNodes);
  if (byPlace === undefined) {
    byPlace = new Map();
    known.set(info.fieldNodes, byPlace);
  }
  const place = `${name} ${paths.join()}`;
  let columns = byPlace.get(place);
  if (columns === undefined) {
    const fields = paths.flatMap((path) => selectedFields(info, path));
    const type = info.schema.getType(name) as GraphQLObjectType;
    columns = fields.length === 0 ? null : columnsBelow(fields, type, info);
    byPlace.set(place, columns);
  }
  return columns as ColumnSet<RowOf[Name]> | null;
}

function columnsBelow(
  fields: readonly FieldNode[],
  type: GraphQLObjectType,
  document: Pick<FieldInfo, "schema" | "fragments">,
): ColumnSet<never> {
  const { schema, fragments } = document;
  let columns = (tables[type.name] as TableColumns<never>).key;
  const visited = new Set<string>();
  const sets: SelectionSetNode[] = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
  /** Whether objects of the type may match a type condition. */
  const mayBe = (condition: string | undefined): boolean =>
    condition === undefined || condition === type.name || !isObjectType(schema.getType(condition));
  for (let set = sets.pop(); set !== undefined; set = sets.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const field = type.getFields()[selection.name.value];
        if (field === undefined) continue;
        const read = fieldColumns.get(field);
        columns = columns.union(
          read === undefined
            ? columnsBelow([selection], getNamedType(field.type) as GraphQLObjectType, document)
            : columnsOf(selection, read, document),
        );
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (mayBe(selection.typeCondition?.name.value)) sets.push(selection.selectionSet);
      } else {
        const fragment = fragments[selection.name.value];
        if (fragment === undefined || visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
        if (mayBe(fragment.typeCondition.name.value)) sets.push(fragment.selectionSet);
      }
    }
  }
  return columns;
}

function columnsOf(
  field: FieldNode,
  { own, below }: FieldColumns,
  { fragments }: Pick<FieldInfo, "fragments">,
): ColumnSet<never> {
  const isSelected = (path: Path) => selectedFields({ fieldNodes: [field], fragments }, path).length > 0;
  return below.reduce(
    (columns, part) => (part.paths.some(isSelected) ? columns.union(part.columns) : columns),
    own,
  );
}
