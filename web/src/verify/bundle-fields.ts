import {
  canonicalJson,
  isJsonInteger,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseInstant,
} from "../../../src/protocol/index.ts";
import { parseAuthors, parseName, readableText } from "../../../src/text/index.ts";

/** Values as text by the name of their field; null if there is none. */
export type BundleFields = ReadonlyMap<string, string | null>;

const claimKinds = new Set(["headline", "one_line_summary", "strongest_claim", "weakest_assumption"]);

/**
 * The fields of a paper's canonical record and current snapshot, as the API describes them. They are read by separate
 * code, so that a mistake of the server is noticed; only titles and names are read by the shared module.
 */
export function readBundleFields(record: JsonObject, snapshot: JsonObject | null): BundleFields {
  const metadata = object(record["metadata"]);
  const source = object(record["source"]);
  const paper = object(snapshot?.["paper"]);
  const claims = object(snapshot?.["claims"]);
  const references = object(snapshot?.["references"]);
  const fields = new Map<string, string | null>();

  fields.set("source", `${text(source, "kind") ?? ""}:${text(source, "id") ?? ""}`);
  fields.set("source version", number(source["version"]));
  const submitted = parseInstant(metadata["submitted_at"]);
  // Mirrors read other forms of time leniently: nothing to compare.
  if (submitted !== null) fields.set("time of submission", `${submitted}Z`);
  fields.set("primary category", text(metadata, "primary_cat") ?? text(paper, "primary_cat"));
  fields.set("other categories", texts(metadata["cross_cats_sorted"]).join(", "));
  fields.set("license", text(metadata, "license") ?? text(paper, "license"));
  fields.set("title", readable(paper, "title"));
  fields.set("authors", authors(paper).join(", "));
  fields.set("abstract", readable(paper, "abstract_excerpt"));
  fields.set("headline", readable(paper, "headline"));
  // The API shows no verdict without an id.
  const reading = object(snapshot?.["verdict"]);
  const verdict = typeof reading["id"] === "string" ? reading : {};
  for (const [name, member] of [
    ["strongest claim of the machine reading", "strongest_claim"],
    ["weakest assumption of the machine reading", "weakest_assumption"],
  ] as const) {
    fields.set(name, text(verdict, member));
  }

  fields.set("number of references asserted", number(references["count"]));
  fields.set("number of internal anchors asserted", number(references["internal_anchors"]));
  fields.set("number of resolved works asserted", number(references["resolved_work"]));
  addClaims(fields, list(claims["items"]));
  addReferences(fields, list(references["sample"]));
  return fields;
}

function addClaims(fields: Map<string, string | null>, items: readonly JsonValue[]): void {
  const claims = items.filter(isJsonObject).filter((item) => typeof item["text"] === "string");
  fields.set("number of claims", String(claims.length));
  for (const [index, claim] of claims.entries()) {
    const kind = text(claim, "kind") ?? "";
    const parts = [
      text(claim, "claim_id") ?? "",
      claimKinds.has(kind) ? kind : "other",
      text(claim, "status") ?? "",
      text(claim, "attestation") ?? "",
      text(claim, "source") ?? "",
      replaceNul(String(claim["text"])),
    ];
    fields.set(`claim ${index + 1}`, parts.join(" · "));
  }
}

function addReferences(fields: Map<string, string | null>, sample: readonly JsonValue[]): void {
  let listed = 0;
  for (const [index, reference] of sample.entries()) {
    if (!isJsonObject(reference)) continue;
    listed++;
    const year = statedYear(reference["year"]);
    const parts = [
      number(reference["ref_index"]) ?? String(index + 1),
      readable(reference, "title") ?? "",
      year ?? "",
      text(reference, "cited_arxiv_id") ?? "",
      text(reference, "doi") ?? "",
      reference["is_internal_anchor"] === true ? "internal anchor" : "",
    ];
    fields.set(`reference ${listed}`, parts.join(" · "));
  }
  fields.set("number of references listed", String(listed));
}

function object(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function text(from: JsonObject, member: string): string | null {
  const value = from[member];
  return typeof value === "string" && value !== "" ? replaceNul(value) : null;
}

function texts(value: JsonValue | undefined): string[] {
  return list(value)
    .filter((item) => typeof item === "string")
    .map(replaceNul);
}

/** A text on one line with TeX converted to letters, as mirrors show it; null if nothing remains. */
function readable(from: JsonObject, member: string): string | null {
  const value = from[member];
  return (typeof value === "string" && readableText(replaceNul(value))) || null;
}

/** A year from 1000 to 2100, as a number or a string. */
function statedYear(value: JsonValue | undefined): string | null {
  const year = typeof value === "string" && /^\s*\d{4}\s*$/.test(value) ? value.trim() : number(value);
  return year !== null && Number(year) >= 1000 && Number(year) <= 2100 ? year : null;
}

/** A count within GraphQL's Int. */
function number(value: JsonValue | undefined): string | null {
  return isJsonInteger(value) && value >= 0 && value < 2 ** 31 ? canonicalJson(value) : null;
}

/** PostgreSQL cannot store U+0000; mirrors replace it. */
function replaceNul(value: string): string {
  return value.replaceAll("\u0000", "\ufffd");
}

function authors(paper: JsonObject): string[] {
  const names = paper["authors_text"];
  if (typeof names === "string") return parseAuthors(replaceNul(names)).map(({ text }) => text);
  return texts(paper["authors"]).flatMap((name) => parseName(name)?.text ?? []);
}
