type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

const width = 110;

/** Readable JSON: values that fit on a line are on one, others are broken like by JSON.stringify. */
export function layOut(value: Json, indent = "", name = ""): string {
  const flat = name + onOneLine(value);
  if (indent.length + flat.length <= width || typeof value !== "object" || value === null) return flat;
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const items = Array.isArray(value)
    ? value.map((item: Json) => layOut(item, deeper))
    : Object.entries(value).map(([key, item]) => layOut(item, deeper, `${JSON.stringify(key)}: `));
  return `${name}${open}\n${items.map((item) => deeper + item).join(",\n")}\n${indent}${close}`;
}

function onOneLine(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${onOneLine(item)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
