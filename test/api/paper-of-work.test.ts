import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper, snapshotEvent } from "../ingest/bundles.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { type Client, createClient } from "./client.ts";

/*
 * The contract: a ref without a version selects the best proved stored paper, then the latest. `paper(ref:)` and
 * `Work.paper` must agree.
 */

type Version = { readonly version: number; readonly proof: "signed" | "hash" };

const cases: { title: string; versions: readonly Version[]; expected: number }[] = [
  {
    title: "the latest of equally proved versions",
    versions: [
      { version: 1, proof: "signed" },
      { version: 3, proof: "signed" },
      { version: 2, proof: "signed" },
    ],
    expected: 3,
  },
  {
    title: "an earlier version that is better proved than a later one",
    versions: [
      { version: 1, proof: "signed" },
      { version: 2, proof: "hash" },
    ],
    expected: 1,
  },
  {
    title: "the latest of the versions that are best proved",
    versions: [
      { version: 3, proof: "hash" },
      { version: 2, proof: "signed" },
      { version: 1, proof: "signed" },
    ],
    expected: 2,
  },
  {
    title: "the latest version if none is proved",
    versions: [
      { version: 2, proof: "hash" },
      { version: 1, proof: "hash" },
    ],
    expected: 2,
  },
];

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = createClient(database);
});
afterAll(() => database.drop());

describe("paper(ref:) and Work.paper without a version", () => {
  it.each(cases.map((each, nth) => ({ ...each, id: `2304.0000${nth}` })))("select $title", async (given) => {
    const { id, versions, expected } = given;
    // One document a batch: the stored paper is replaced, or stays, by the same rule.
    for (const { version, proof } of versions) {
      const bundle = bundleOfPaper({ arxivId: id, version }, (paper) => [
        snapshotEvent(paper, { isSigned: proof === "signed" }),
      ]);
      await ingestDocuments(database, [bundle]);
    }
    const fields = "source { version } verification { proof }";
    const answer = await client.ask<Record<"byId" | "byDoi" | "work", unknown>>(
      `{ byId: paper(ref: "${id}") { ${fields} } byDoi: paper(ref: "10.48550/arXiv.${id}") { ${fields} }
         work(ref: "${id}") { paper { ${fields} } } }`,
    );
    const proof = versions.find(({ version }) => version === expected)?.proof.toUpperCase();
    const paper = { source: { version: expected }, verification: { proof } };
    expect(answer).toEqual({ byId: paper, byDoi: paper, work: { paper } });
  });
});
