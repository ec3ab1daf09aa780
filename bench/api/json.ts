export type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** The value at a path of objects. Throws if the path ends early, so that a wrong answer is not accepted. */
export function at(value: Json, ...path: readonly string[]): Json {
  let here = value;
  for (const key of path) {
    const next = isObject(here) ? here[key] : undefined;
    if (next === undefined) throw new Error(`No ${path.join(".")} in ${JSON.stringify(value).slice(0, 200)}`);
    here = next;
  }
  return here;
}

/** The list at a path. */
export function listAt(value: Json, ...path: readonly string[]): readonly Json[] {
  const list = at(value, ...path);
  if (!Array.isArray(list)) throw new Error(`No list at ${path.join(".")}`);
  return list as readonly Json[];
}

/** The `nodes` of the connection at a path. */
export function nodesAt(value: Json, ...path: readonly string[]): readonly Json[] {
  return listAt(value, ...path, "nodes");
}

/** An object with members of another, each from its path: `{ title: ["work", "title"] }`. */
export function pick(value: Json, members: Readonly<Record<string, readonly string[]>>): Json {
  return Object.fromEntries(Object.entries(members).map(([name, path]) => [name, at(value, ...path)]));
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
