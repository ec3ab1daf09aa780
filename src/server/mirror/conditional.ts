/** The entity tag of a state: weak where equal states may come as different bytes (gzip, a better signature). */
export function stateTag(stateSha256: string, isWeak: boolean): string {
  return `${isWeak ? "W/" : ""}"${stateSha256}"`;
}

const entityTags = /^\s*(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)/;

/**
 * Whether an If-None-Match names the tag, by the weak comparison that RFC 9110 (13.1.2) asks for: `*`, or a list of
 * tags, each strong or weak. A list that cannot be read names nothing from there on.
 */
export function isNamedBy(tag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  const opaque = tag.replace(/^W\//, "").slice(1, -1);
  let rest = ifNoneMatch;
  while (rest !== "") {
    const found = entityTags.exec(rest);
    if (found === null) return false;
    if (found[1] === opaque) return true;
    rest = rest.slice(found[0].length);
  }
  return false;
}

/** Whether an Accept-Encoding lets gzip through (RFC 9110, 12.5.3). */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  let any = false;
  for (const item of (acceptEncoding ?? "").split(",")) {
    const [coding = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    const isWanted = quality === undefined || Number(quality.slice(2)) > 0;
    if (coding === "gzip" || coding === "x-gzip") return isWanted;
    if (coding === "*") any = isWanted;
  }
  return any;
}
