const arxivId = /^(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})(?:v\d{1,3})?$/i;
const doi = /^10\.\d{4,9}\/\S+$/;

/** Where an arXiv id or a DOI leads; null for anything else. Made here, never taken from a document. */
export function sourceAddress(kind: string, id: string): string | null {
  if (kind === "arxiv" && arxivId.test(id)) return `https://arxiv.org/abs/${id}`;
  if (kind !== "doi" || !doi.test(id)) return null;
  return `https://doi.org/${id.split("/").map(encodeURIComponent).join("/")}`;
}
