import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PithNumber, suffixOf } from "../../src/protocol/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Client, createClient } from "./client.ts";
import {
  arxivIdOf,
  citedOnlyArxivId,
  citedOnlyDoi,
  citedOnlyWorkId,
  ingestLibrary,
  type Library,
  sharedDoi,
  versionedPaper,
} from "./fixtures/library.ts";

let database: TestDatabase;
let client: Client;
let library: Library;

beforeAll(async () => {
  database = await createTestDatabase();
  library = await ingestLibrary(database);
  client = createClient(database);
});
afterAll(() => database.drop());

async function paper(ref: string): Promise<string | null> {
  const source = "query ($ref: String!) { paper(ref: $ref) { pithNumber } }";
  const { paper } = await client.ask<{ paper: { pithNumber: string } | null }>(source, { ref });
  return paper?.pithNumber ?? null;
}

async function work(ref: string): Promise<{ title: string | null; arxivId: string | null } | null> {
  const source = "query ($ref: String!) { work(ref: $ref) { title arxivId } }";
  return (
    await client.ask<{ work: { title: string | null; arxivId: string | null } | null }>(source, { ref })
  ).work;
}

const seed = "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643";

describe("paper(ref)", () => {
  it.each([
    seed,
    "ROU4N4IRYZ3HV3M7HKTK3YY643",
    "pith:ROU4N4IR",
    "rou4n4ir",
    "ROU4N4IRYZ3H",
    "ROU4N4IRYZ3HV3M7",
    "pith:2023:ROU4N4IR",
    "2302.12192",
    "arXiv:2302.12192v1",
    "https://arxiv.org/abs/2302.12192",
    "10.48550/arxiv.2302.12192",
    "https://doi.org/10.48550/arXiv.2302.12192",
    "https://pith.science/pith/ROU4N4IRYZ3HV3M7HKTK3YY643",
  ])("finds %s", async (ref) => {
    expect(await paper(ref)).toBe(seed);
  });

  it.each([
    "pith:2022:ROU4N4IR",
    "2302.12192v2",
    "2302.99999",
    "10.1000/nothing",
    "AAAAAAAA",
    citedOnlyArxivId,
  ])("finds nothing for %s", async (ref) => {
    expect(await paper(ref)).toBeNull();
  });

  it("finds the latest version, or the one that the ref names", async () => {
    const id = arxivIdOf(versionedPaper);
    const numbers = library.versions.map(({ pithNumber }) => pithNumber);
    expect(await paper(id)).toBe(numbers[2]);
    expect(await paper(`10.48550/arXiv.${id}`)).toBe(numbers[2]);
    for (const [index, number] of numbers.entries()) expect(await paper(`${id}v${index + 1}`)).toBe(number);
    expect(await paper(`${id}v4`)).toBeNull();
  });

  it("finds the best proved of several papers that share a DOI, even if another was submitted later", async () => {
    // The alias is in no signed event: papers accepted at `hash` keep it.
    expect(await paper(sharedDoi)).toBe(library.papers[0]?.pithNumber);
  });

  it.each(["", "no paper", "pith:", "12", "pith:2023:ROU4"])(
    "rejects %j with BAD_USER_INPUT",
    async (ref) => {
      const [error] = await client.errors("query ($ref: String!) { paper(ref: $ref) { title } }", { ref });
      expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
      expect(error?.message).toContain("Accepted: a Pith number");
    },
  );

  it("rejects the id of a work with BAD_USER_INPUT, and suggests work(ref:)", async () => {
    const [error] = await client.errors(`{ paper(ref: "${citedOnlyWorkId}") { title } }`);
    expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
    expect(error?.message).toContain("work(ref:)");
  });

  it("reports an unreadable ref at its own path only", async () => {
    const errors = await client.errors(
      `{ a: paper(ref: "??") { title } b: paper(ref: "${seed}") { title } }`,
    );
    expect(errors).toHaveLength(1);
    expect(errors[0]?.path).toEqual(["a"]);
  });
});

describe("a short form that matches several papers", () => {
  // Finding two suffixes with the same beginning would take 2^40 hashes, so rows are inserted instead.
  const twins = Array.from(
    { length: 12 },
    (_, index) =>
      `pith:${2001 + index}:ZZZZZZZZ${"AB"[index % 2]}AAAAAAAAAAAAAAA${"CDEFGHIJKLMN"[index]}A` as PithNumber,
  );
  beforeAll(async () => {
    const { paperIdOf } = await import("../../src/row-rules/index.ts");
    const { pool } = database;
    for (const number of twins) {
      const id = paperIdOf(number);
      await pool.query(
        `INSERT INTO papers SELECT (jsonb_populate_record(p, jsonb_build_object('paper_id', $1::bigint, 'pith_number', $2::text))).*
         FROM papers p WHERE pith_number = $3`,
        [id, number, seed],
      );
      await pool.query("INSERT INTO paper_keys VALUES ('pith:ZZZZZZZZ', $1)", [id]);
    }
  });

  /** @threat T13 */
  it("is rejected with AMBIGUOUS_REF and the first 10 matching Pith numbers", async () => {
    const [error] = await client.errors('{ paper(ref: "pith:ZZZZZZZZ") { title } }');
    expect(error?.extensions["code"]).toBe("AMBIGUOUS_REF");
    expect(error?.extensions["pithNumbers"]).toEqual([...twins].sort().slice(0, 10));
    expect(error?.message).toContain("matches 12 papers");
    expect(error?.message).toContain("and 2 more");
  });

  it("is resolved by more characters or by the year", async () => {
    const [first] = twins;
    if (first === undefined) throw new Error("no twins");
    expect(await paper(suffixOf(first))).toBe(first);
    expect(await paper("pith:2001:ZZZZZZZZ")).toBe(first);
    const [error] = await client.errors('{ paper(ref: "ZZZZZZZZAAAA") { title } }');
    expect(error?.message).toContain("matches 6 papers");
  });
});

describe("work(ref)", () => {
  it("finds works of which no paper is stored", async () => {
    expect(await work(citedOnlyArxivId)).toEqual({ title: "Only cited", arxivId: citedOnlyArxivId });
    expect((await work(citedOnlyDoi))?.arxivId).toBeNull();
    expect(await work(citedOnlyWorkId)).not.toBeNull();
    expect(await work(citedOnlyWorkId.toUpperCase())).not.toBeNull();
  });

  it("finds the work of a paper by arXiv id, any version, DOI and Pith number", async () => {
    const id = arxivIdOf(versionedPaper);
    const names = [id, `${id}v2`, `${id}v9`, `10.48550/arxiv.${id}`, library.versions[1]?.pithNumber ?? ""];
    for (const name of names) expect((await work(name))?.arxivId).toBe(id);
  });

  it("returns null for unknown identifiers", async () => {
    expect(await work("2302.99999")).toBeNull();
    expect(await work("11111111-2222-3333-4444-555555555555")).toBeNull();
    expect(await work("10.1000/nothing")).toBeNull();
  });

  it("returns all versions of a paper as papers of one work", async () => {
    const source = `{ work(ref: "${arxivIdOf(versionedPaper)}") { paper { pithNumber } papers { pithNumber source { version } } } }`;
    const numbers = library.versions.map(({ pithNumber }) => pithNumber);
    expect(await client.ask(source)).toEqual({
      work: {
        paper: { pithNumber: numbers[2] },
        papers: [3, 2, 1].map((version) => ({ pithNumber: numbers[version - 1], source: { version } })),
      },
    });
  });
});
