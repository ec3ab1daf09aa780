import { describe, expect, test } from "vitest";
import {
  canonicalTextSha256,
  currentSnapshot,
  type JsonObject,
  mergeDocuments,
} from "../../src/protocol/index.ts";
import { readHepTh } from "../../src/sample/index.ts";
import { readLines, type Snapshot, sampleKeyring, snapshotOf } from "./committed-sample.ts";

const arxiv = readLines("arxiv-2022-12.ndjson.gz");
const hepTh = readLines("hep-th.ndjson.gz");
const papers = (lines: readonly string[]) => lines.map(snapshotOf);
const network = readHepTh();
/** The papers that are treated as in the registry. */
const anchors = new Set([
  ...papers(arxiv).map((snapshot) => snapshot.source.id),
  ...network.map(({ arxivId }) => arxivId),
]);

function sum(snapshots: readonly Snapshot[], count: (snapshot: Snapshot) => number): number {
  return snapshots.reduce((total, snapshot) => total + count(snapshot), 0);
}

function counts(snapshots: readonly Snapshot[]) {
  return {
    papers: snapshots.length,
    claims: sum(snapshots, ({ claims }) => claims.count),
    references: sum(snapshots, ({ references }) => references.count),
    resolvedWorks: sum(snapshots, ({ references }) => references.resolved_work),
    internalAnchors: sum(snapshots, ({ references }) => references.internal_anchors),
  };
}

describe.each([
  ["arxiv-2022-12", arxiv],
  ["hep-th", hepTh],
])("every bundle of %s", (_, lines) => {
  const merged = mergeDocuments(lines, sampleKeyring, "signed");
  const states = [...merged.states.values()];

  test("merges with the minimum proof `signed`, without rejections and warnings", () => {
    expect(merged.refused).toEqual([]);
    expect(merged.warnings).toEqual([]);
    expect(states.length).toBe(lines.length);
    const events = states.flatMap((state) => [...state.events.values()]);
    expect(events.length).toBe(2 * lines.length);
    expect(events.filter(({ status, event }) => status !== "current" || event.proof !== "signed")).toEqual(
      [],
    );
  });

  test("has a receipt, and aliases that follow from its record", () => {
    for (const state of states) {
      expect(state.recordCreated?.event.payload["receipt"]).toMatchObject({ key_id: "pith-graph-sample" });
      expect(state.aliases.map(({ kind }) => kind)).toEqual([
        "arxiv",
        "arxiv_version",
        "doi",
        "pith_short_12",
        "pith_short_16",
        "pith_short_8",
      ]);
      expect(state.aliases.every(({ followsFromRecord }) => followsFromRecord)).toBe(true);
    }
  });

  test("has the title's hash in its record", () => {
    for (const state of states) {
      const snapshot = currentSnapshot(state)?.event.payload["graph_snapshot"] as JsonObject & Snapshot;
      const metadata = state.canonicalRecord?.["metadata"] as { title_canon_sha256: string };
      expect(metadata.title_canon_sha256).toBe(canonicalTextSha256(snapshot.paper.title));
    }
  });

  test("counts the internal anchors that it lists", () => {
    for (const { references } of papers(lines)) {
      const list = references.sample;
      expect(list.map(({ ref_index }) => ref_index)).toEqual(list.map((_, index) => index + 1));
      expect(references.internal_anchors).toBe(list.filter((item) => item.is_internal_anchor).length);
      expect(list.filter((item) => item.is_internal_anchor !== anchors.has(item.cited_arxiv_id))).toEqual([]);
    }
  });
});

test("the sample of December 2022 has 49 papers with 283 claims and 1,786 references", () => {
  const snapshots = papers(arxiv);
  expect(counts(snapshots)).toEqual({
    papers: 49,
    claims: 283,
    references: 1786,
    resolvedWorks: 740,
    internalAnchors: 5,
  });
  const claims = snapshots.flatMap((snapshot) => snapshot.claims.items);
  expect(new Set(claims.map(({ status }) => status))).toEqual(new Set(["sample_extracted"]));
  expect(new Set(claims.map(({ kind }) => kind))).toEqual(
    new Set(["abstract_sentence", "one_line_summary", "strongest_claim"]),
  );
  for (const { claims, paper } of snapshots) {
    expect(claims.items.map(({ claim_id }) => claim_id)).toEqual(
      claims.items.map((_, index) => `C${index + 1}`),
    );
    expect([...(paper.abstract_excerpt ?? "")].length).toBeLessThanOrEqual(600);
  }
});

test("the papers of December 2022 keep line breaks, LaTeX and versions", () => {
  const snapshots = papers(arxiv);
  const titles = snapshots.map(({ paper }) => paper.title);
  expect(titles.filter((title) => title.includes("\n")).length).toBe(27);
  expect(titles).toContain("Normalization and coherence for $\\infty$-type theories");
  expect(snapshots.filter(({ source }) => source.version === 2).map(({ source }) => source.id)).toEqual([
    "2212.11827",
    "2212.11887",
    "2212.11899",
  ]);
});

test("papers that name the same identifier cite one work", () => {
  const citers = new Map<string, Set<string>>();
  for (const { references, source } of papers(arxiv)) {
    for (const { work_id: workId } of references.sample) {
      citers.set(workId, (citers.get(workId) ?? new Set()).add(source.id));
    }
  }
  const shared = [...citers.values()].filter((papersOfWork) => papersOfWork.size > 1);
  expect(shared.map((papersOfWork) => [...papersOfWork].sort()).sort()).toEqual([
    ["2212.11772", "2212.11790"],
    ["2212.11772", "2212.11808"],
    ["2212.11772", "2212.11809"],
  ]);
});

test("the sample of hep-th has 1,000 papers with 4,878 claims and 31,993 references", () => {
  const snapshots = papers(hepTh);
  expect(counts(snapshots)).toEqual({
    papers: 1000,
    claims: 4878,
    references: 31993,
    resolvedWorks: 31993,
    internalAnchors: 31993,
  });
  const edges = snapshots.flatMap(({ references, source }) =>
    references.sample.map(({ cited_arxiv_id: cited }) => ({ citing: source.id, cited })),
  );
  expect(new Set(edges.map(({ citing, cited }) => `${citing} ${cited}`)).size).toBe(31993);
  expect(edges.filter(({ citing, cited }) => citing === cited).length).toBe(3);
  expect(edges.filter(({ cited }) => cited === "hep-th/9711200").length).toBe(945);
});

test("the papers of hep-th have their real titles and authors, and references with the cited title and year", () => {
  const snapshots = papers(hepTh);
  const byId = new Map(network.map((paper) => [paper.arxivId, paper]));
  for (const { paper, references, source } of snapshots) {
    expect(paper.title).toBe(byId.get(source.id)?.title);
    expect(paper.authors_text).toBe(byId.get(source.id)?.authors.join(", "));
    expect(paper.abstract_excerpt).not.toBe("");
    for (const item of references.sample) expect(item.title).toBe(byId.get(item.cited_arxiv_id)?.title);
  }
  const maldacena = snapshots.find(({ source }) => source.id === "hep-th/9711200");
  expect(maldacena?.paper.title).toBe("The Large N Limit of Superconformal Field Theories and Supergravity");
  const citation = snapshots
    .flatMap(({ references }) => references.sample)
    .find((item) => item.cited_arxiv_id === "hep-th/9711200");
  expect(citation).toMatchObject({ title: maldacena?.paper.title, year: 1997 });
});
