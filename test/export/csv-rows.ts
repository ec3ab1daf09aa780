/** Parses CSV strictly, as PostgreSQL writes it: an empty field without quotes is null. */
export function csvRows(text: string): Record<string, string | null>[] {
  const rows: (string | null)[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n)/y;
  while (field.lastIndex < text.length) {
    const found = field.exec(text);
    if (found === null) throw new Error("Invalid CSV.");
    rows.at(-1)?.push(found[1]?.replaceAll('""', '"') ?? (found[2] === "" ? null : (found[2] ?? null)));
    if (found[3] === "\n") rows.push([]);
  }
  rows.pop();
  const [names = [], ...data] = rows;
  return data.map((cells) => {
    if (cells.length !== names.length) throw new Error("A row has another number of fields.");
    return Object.fromEntries(names.map((name, index) => [name ?? "", cells[index] ?? null]));
  });
}
