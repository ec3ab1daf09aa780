/**
 * Refs in one parameter of an address, apart by commas. A DOI may have commas of its own: they, and the sign that
 * escapes them, are written as `%2C` and `%25` within the parameter.
 */
export function writeList(refs: readonly string[]): string {
  return refs.map((ref) => ref.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
}

/** What `writeList` wrote; a parameter may also come several times. Each ref once. */
export function readList(parameters: readonly string[]): string[] {
  const refs = parameters
    .flatMap((parameter) => parameter.split(","))
    .map((ref) => ref.replaceAll(/%2c/gi, ",").replaceAll("%25", "%").trim())
    .filter((ref) => ref !== "");
  return [...new Set(refs)];
}
