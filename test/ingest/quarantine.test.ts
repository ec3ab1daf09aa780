import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { rebuildTables } from "../../src/maintenance/index.ts";
import {
  canonicalJson,
  createKeyring,
  documentErrorCodes,
  type JsonObject,
  type JsonValue,
  keyringEntries,
  parseJson,
  rejectionReasons,
} from "../../src/protocol/index.ts";

import { paperIdOf } from "../../src/row-rules/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import {
  keyring,
  registry,
  signatureOf,
  signedEvent,
  signerOf,
  stateBody,
  stranger,
  unsignedEvent,
  windowed,
} from "../protocol/signed-events.ts";
import { bundleOfPaper, snapshotEvent, type TestPaper, testPaper } from "./bundles.ts";
import { ingestDocuments } from "./ingest-documents.ts";
import { modelOf } from "./model.ts";
import { clearTables, readTables } from "./tables.ts";

let database: TestDatabase;
const paper = testPaper();

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(() => clearTables(database));

afterAll(() => database.drop());

type Quarantined = { kind: string; code: string; source: string; content: Buffer | null; size: number };

async function readQuarantine(): Promise<Quarantined[]> {
  const { rows } = await database.pool.query<Quarantined>(
    "SELECT kind, code, source, content, size FROM quarantine ORDER BY source, code",
  );
  return rows;
}

async function total(name: string): Promise<number | undefined> {
  const { rows } = await database.pool.query<{ value: string }>("SELECT value FROM totals WHERE name = $1", [
    name,
  ]);
  return rows[0] === undefined ? undefined : Number(rows[0].value);
}

const good = (arxivId: string) => bundleOfPaper({ arxivId }, (paper) => [snapshotEvent(paper)]);

const rejectedDocuments: Record<string, string | Buffer> = {
  MALFORMED_JSON: '{"a":',
  INVALID_UNICODE: Buffer.from([0x22, 0xff, 0x22]),
  INVALID_NUMBER: '{"a":1e999}',
  TOO_DEEP: "[".repeat(65) + "]".repeat(65),
  UNSUPPORTED_DOCUMENT: '{"bundle_type":"pith_open_graph_bundle","bundle_version":"2.0","\\u0000":1}',
  MALFORMED_DOCUMENT: bundleOfPaper({}, () => [], { events: {} }),
  PITH_NUMBER_INVALID: bundleOfPaper({}, () => [], { pith_number: "pith:2023:short" }),
  RECORD_HASH_MISMATCH: bundleOfPaper({}, () => [], { canonical_sha256: "0".repeat(64) }),
  STATE_HASH_MISMATCH: canonicalJson(stateBody({}, { state_sha256: "0".repeat(64) })),
  TOO_LARGE: `{"a":"${"x".repeat(100_000)}"}`,
};

describe("a document that is rejected", () => {
  test("this test's list has every document error code", () => {
    expect(Object.keys(rejectedDocuments).sort()).toEqual([...documentErrorCodes].sort());
  });

  test.each(Object.entries(rejectedDocuments))(
    "with %s goes to quarantine, and the batch's other documents are stored",
    async (code, bad) => {
      const reported: string[] = [];
      const summary = await ingestDocuments(database, [good("2301.00001"), bad, good("2301.00002"), bad], {
        maximumBytes: 50_000,
        onRejection: ({ source, rejection }) => reported.push(`${source} ${rejection?.code}`),
      });
      expect(summary).toMatchObject({
        documents: 4,
        merged: 2,
        unchanged: 0,
        rejected: new Map([[code, 2]]),
      });
      expect(reported).toEqual([`test:2 ${code}`, `test:4 ${code}`]);
      // The same bytes are stored once.
      expect(await readQuarantine()).toEqual([
        {
          kind: "document",
          code,
          source: expect.stringMatching(/^test:[24]$/),
          content: Buffer.from(bad),
          size: bad.length,
        },
      ]);
      expect(await total("rejected_documents")).toBe(1);
      expect(await total("papers")).toBe(2);
    },
  );

  test("changes no row if it is already in quarantine", async () => {
    await ingestDocuments(database, ["{", "["]);
    const before = await database.pool.query("SELECT xmin, ctid, * FROM quarantine ORDER BY content_sha256");
    await ingestDocuments(database, ["[", "{", "{"]);
    const after = await database.pool.query("SELECT xmin, ctid, * FROM quarantine ORDER BY content_sha256");
    expect(after.rows).toEqual(before.rows);
    expect(await total("rejected_documents")).toBe(2);
  });
});

describe("rejected events of an accepted document", () => {
  const copiesOf = (paper: TestPaper): Record<string, JsonObject> => {
    const fields = { event_type: "mirror_hint", subject_pith_number: paper.pithNumber };
    const event = signedEvent(registry, fields);
    const { target: _, ...incomplete } = event;
    return {
      MALFORMED_EVENT: { ...incomplete, payload: "\u0000" },
      EVENT_ID_MISMATCH: { ...event, event_id: `sha256:${"0".repeat(64)}` },
      SUBJECT_MISMATCH: signedEvent(registry, { ...fields, subject_pith_number: "pith:2023:\u0000" }),
      UNKNOWN_SIGNER: signedEvent(stranger, fields),
      SIGNER_MISMATCH: signedEvent(registry, {
        ...fields,
        signer: { ...signerOf(registry), signer_id: "\u0000" },
      }),
      KEY_NOT_VALID: signedEvent(windowed, { ...fields, created_at: "2020-01-01T00:00:00Z" }),
      SIGNATURE_INVALID: { ...event, signature: signatureOf(registry, `sha256:${"0".repeat(64)}`) },
      UNSIGNED: unsignedEvent(registry, fields),
    };
  };

  test("go to quarantine with their reasons, and the document's other events are stored", async () => {
    expect(Object.keys(copiesOf(paper))).toEqual([...rejectionReasons]);
    const text = bundleOfPaper({}, (own) => [...Object.values(copiesOf(own)), snapshotEvent(own)]);
    const summary = await ingestDocuments(database, [text], { minimumProof: "receipt" });
    expect(summary.merged).toBe(1);
    expect(summary.refusedEvents).toEqual(new Map(rejectionReasons.map((reason) => [reason, 1])));
    const rows = await readQuarantine();
    expect(rows.map(({ code }) => code)).toEqual([...rejectionReasons].sort());
    for (const { code, kind, source, content } of rows) {
      expect({ kind, source }).toEqual({ kind: "event", source: "test:1" });
      expect(String(content)).toBe(canonicalJson(copiesOf(paper)[code] as JsonObject));
    }
    expect(await total("events")).toBe(2);
    expect(await total("rejected_documents")).toBeUndefined();
    const tables = await readTables(database);
    expect(tables).toEqual(modelOf([{ text, minimumProof: "receipt" }], keyring));
  });

  test("are kept up to 20 of one document, and the last one kept states how many are not", async () => {
    await ingestDocuments(database, ["{"]);
    const numbers = Array.from({ length: 10_000 }, (_, index) => index + 1);
    const summary = await ingestDocuments(database, [bundleOfPaper({}, () => numbers)]);
    expect(summary.refusedEvents).toEqual(new Map([["MALFORMED_EVENT", 10_000]]));
    const { rows } = await database.pool.query<{ kind: string; message: string; content: Buffer }>(
      "SELECT kind, message, content FROM quarantine",
    );
    // Earlier rows are still there.
    expect(rows.filter(({ kind }) => kind === "document")).toHaveLength(1);
    const events = rows.filter(({ kind }) => kind === "event");
    expect(events.map(({ content }) => Number(content)).sort((a, b) => a - b)).toEqual(numbers.slice(0, 20));
    const messages = events.map(({ message }) => message.replace(/^sha256:[0-9a-f]{64}/, "id"));
    expect(messages.filter((message) => message === "id")).toHaveLength(19);
    expect(messages).toContain("id; 9980 more refused events of the same document are not kept");
  });
});

describe("a document without any accepted event", () => {
  const hint = (paper: TestPaper, by: typeof registry, text: string) =>
    signedEvent(by, {
      event_type: "mirror_hint",
      subject_pith_number: paper.pithNumber,
      payload: { text },
    });
  /** Two events by a key that is not trusted, one with a wrong id. */
  const text = bundleOfPaper({}, () => [], {
    events: [
      hint(paper, stranger, "a"),
      hint(paper, stranger, "b"),
      { ...hint(paper, registry, "c"), event_id: `sha256:${"0".repeat(64)}` },
    ],
  });
  const trusting = createKeyring([...keyringEntries(keyring), stranger]);

  test("is rejected with its most frequent reason and a count of each, and leaves nothing in the log", async () => {
    const summary = await ingestDocuments(database, [text]);
    expect([summary.merged, summary.unaccepted, summary.partial]).toEqual([0, 1, 0]);
    expect(summary.rejected).toEqual(new Map([["UNKNOWN_SIGNER", 1]]));
    expect(summary.unacceptedEvents).toEqual(
      new Map([
        ["UNKNOWN_SIGNER", 2],
        ["EVENT_ID_MISMATCH", 1],
      ]),
    );
    expect(summary.refusedEvents.size).toBe(0);
    const totals = [{ name: "rejected_documents", value: "1" }];
    expect(await readTables(database)).toEqual({ ...modelOf([], keyring), totals });
    const { rows } = await database.pool.query(
      "SELECT code, message, pith_number, minimum_proof, content FROM quarantine",
    );
    expect(rows).toEqual([
      {
        code: "UNKNOWN_SIGNER",
        message: "None of its events is accepted: 2 UNKNOWN_SIGNER, 1 EVENT_ID_MISMATCH.",
        pith_number: paper.pithNumber,
        minimum_proof: "hash",
        content: Buffer.from(text),
      },
    ]);
  });

  test("leaves quarantine once it is accepted, together with those of its quarantined events that are accepted", async () => {
    await ingestDocuments(database, [text]);
    // The stranger's events of this document are rejected one by one.
    const partial = bundleOfPaper({}, () => [hint(paper, stranger, "a"), hint(paper, stranger, "d")]);
    await ingestDocuments(database, [partial]);
    expect((await readQuarantine()).map(({ kind }) => kind).sort()).toEqual(["document", "event", "event"]);
    await ingestDocuments(database, [text], { keyring: trusting });
    // The altered copy stays rejected, and d has not been accepted yet.
    expect((await readQuarantine()).map(({ code }) => code).sort()).toEqual([
      "EVENT_ID_MISMATCH",
      "UNKNOWN_SIGNER",
    ]);
    expect(await total("rejected_documents")).toBe(0);
    await ingestDocuments(database, [partial], { keyring: trusting });
    expect((await readQuarantine()).map(({ code }) => code)).toEqual(["EVENT_ID_MISMATCH"]);
  });

  test("is accepted if it has no events at all", async () => {
    expect((await ingestDocuments(database, [bundleOfPaper({}, () => [], { events: [] })])).merged).toBe(1);
  });
});

/** @threat T47 */
test("quarantine has at most 10,000 rows, of which the oldest are deleted", async () => {
  const bad = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, nth) => `{"n":${from + nth}}`);
  await ingestDocuments(database, bad(0, 6000));
  await ingestDocuments(database, bad(6000, 12_000), { batchDocuments: 3000 });
  const { rows } = await database.pool.query<{ content: Buffer }>("SELECT content FROM quarantine");
  expect(rows.length).toBe(10_000);
  expect(await total("rejected_documents")).toBe(10_000);
  const kept = new Set(rows.map(({ content }) => String(content)));
  for (const text of bad(6000, 12_000)) expect(kept.has(text)).toBe(true);
});

test("stores only the hash and the size of a rejected document of more than 1 MB", async () => {
  await ingestDocuments(database, [`{"a":"${"x".repeat(1_000_001)}"}`]);
  expect(await readQuarantine()).toEqual([
    { kind: "document", code: "UNSUPPORTED_DOCUMENT", source: "test:1", content: null, size: 1_000_009 },
  ]);
});

describe("a hostile but valid document", () => {
  const nul = "a\u0000b\u0000";
  const shown = "a\ufffdb\ufffd";
  const odd = ["{", "}", "a,b", '"', "\\", "NULL", "", nul, "\u{1f600}", "'; --", "\\u0000", "$1"];

  async function expectModel(...texts: string[]) {
    const summary = await ingestDocuments(database, texts);
    expect(summary.rejected).toEqual(new Map());
    expect(summary.refusedEvents).toEqual(new Map());
    const tables = await readTables(database);
    expect(tables).toEqual(
      modelOf(
        texts.map((text) => ({ text, minimumProof: "hash" })),
        keyring,
      ),
    );
    return tables;
  }

  test("is stored as the model says, with NUL characters everywhere, odd categories and long titles", async () => {
    const { papers, claims, references } = await expectModel(
      bundleOfPaper(
        {
          source: { kind: nul, id: nul, version: 1 },
          metadata: { license: nul, primary_cat: nul, cross_cats_sorted: [...odd, 5, null, {}, ["x"]] },
        },
        (paper) => [
          snapshotEvent(paper, {
            paper: {
              title: `${nul}${"t".repeat(10_000)}`,
              authors: odd,
              headline: nul,
              abstract_excerpt: nul,
            },
            claims: [{ text: nul, claim_id: nul, kind: nul, status: nul, attestation: nul, source: nul }],
            references: [{ title: nul, doi: `10.1000/${nul}`, cited_arxiv_id: nul, work_id: nul }],
            snapshot: { verdict: { [nul]: nul } },
          }),
        ],
        {
          source_aliases: [
            { alias_kind: nul, alias_value: nul, created_at: "2026-01-01T00:00:00Z" },
            { alias_kind: "doi", alias_value: `10.1000/${nul}`, created_at: "2026-01-01T00:00:00Z" },
          ],
        },
      ),
    );
    expect(papers?.[0]).toMatchObject({ license: shown, title: `${shown}${"t".repeat(10_000)}` });
    expect(parseJson(papers?.[0]?.["cross_categories"] ?? "")).toEqual(
      odd.map((text) => text.replaceAll("\u0000", "\ufffd")),
    );
    // A text without letters is not a name.
    expect(parseJson(papers?.[0]?.["authors"] ?? "")).toEqual(["b a", "NULL", shown, "\\u"]);
    expect(claims?.[0]).toMatchObject({ text: shown, source: shown });
    expect(references?.[0]).toMatchObject({
      title: shown,
      doi_id: null,
      has_arxiv_id: "false",
      work_uuid_id: null,
    });
  });

  test("is stored as the model says, with members of every wrong type and counts of every size", async () => {
    const values: JsonValue[] = [
      null,
      true,
      -1,
      10n ** 30n,
      -(10n ** 30n),
      2 ** 31,
      2 ** 31 - 1,
      parseJson("1e300"),
      parseJson("-0.0"),
      "text",
      [],
      [[]],
      {},
      parseJson('{"__proto__":{"title":"x"},"constructor":1}'),
    ];
    const texts = values.map((value, nth) =>
      bundleOfPaper(
        {
          source: nth % 2 === 0 ? value : { kind: value, id: value, version: value },
          metadata: {
            nonce: nth,
            license: value,
            primary_cat: value,
            cross_cats_sorted: value,
            title_canon_sha256: value,
          },
        },
        (paper) => [
          snapshotEvent(paper, {
            paper: { title: value, authors: value, headline: value, abstract_excerpt: value, license: value },
            claims: [value, { text: "kept", claim_id: value, kind: value, status: value, source: value }],
            references: [
              value,
              {
                title: value,
                year: value,
                ref_index: value,
                is_internal_anchor: value,
                work_id: value === "text" ? "" : value,
              },
            ],
            snapshot: { verdict: value, builder_version: value },
          }),
        ],
      ),
    );
    await expectModel(...texts);
  });

  test("has null for an asserted count that is negative or above 2^31 - 1", async () => {
    const { papers } = await expectModel(
      bundleOfPaper({ version: 3 }, (paper) => [
        snapshotEvent(paper, {
          snapshot: {
            references: {
              count: 10n ** 30n,
              sample: [{}],
              snapshot_sha256: "0".repeat(64),
              internal_anchors: -5,
              resolved_work: 2 ** 31,
            },
          },
        }),
      ]),
    );
    expect(papers?.[0]).toMatchObject({
      references_asserted: null,
      resolved_works_asserted: null,
      internal_anchors_asserted: null,
      references_known: "1",
    });
  });

  test("is stored without the identifiers that are too long for an index", async () => {
    const long = "x".repeat(100_000);
    const { work_identifiers: identifiers, paper_keys: keys } = await expectModel(
      bundleOfPaper(
        {},
        (paper) => [
          snapshotEvent(paper, {
            references: [{ doi: `10.1000/${long}`, work_id: "" }, { doi: `10.1000/${"é".repeat(192)}` }],
          }),
        ],
        {
          source_aliases: [
            { alias_kind: "doi", alias_value: `10.1000/${long}`, created_at: "2026-01-01T00:00:00Z" },
            {
              alias_kind: "doi",
              alias_value: `10.1000/${"\u{20000}".repeat(96)}`,
              created_at: "2026-01-01T00:00:00Z",
            },
          ],
        },
      ),
    );
    expect(identifiers?.length).toBe(2);
    expect(keys?.length).toBe(3);
  });

  test("is stored without an empty author if its texts are millions of spaces", async () => {
    const spaces = " ".repeat(2_000_000);
    await ingestDocuments(database, [
      bundleOfPaper({}, (paper) => [
        snapshotEvent(paper, {
          paper: { title: spaces, authors_text: `A${spaces}and${spaces}B${spaces}` },
          references: [{ doi: spaces, cited_arxiv_id: spaces, work_id: spaces, title: spaces }],
        }),
      ]),
    ]);
    const { rows } = await database.pool.query("SELECT authors FROM papers");
    expect(rows).toEqual([{ authors: ["A", "B"] }]);
  });

  test.each([
    ["A", ["A"]],
    ["A and B", ["A", "B"]],
    ["A, B , and C", ["A", "B", "C"]],
    ["A, B and C", ["A", "B", "C"]],
    ["Anders Andersson,, Rand Sand", ["Anders Andersson", "Rand Sand"]],
    [" , and ", []],
    ["", []],
  ])("with authors_text %j has the authors %j", async (text, authors) => {
    await ingestDocuments(database, [
      bundleOfPaper({}, (paper) => [snapshotEvent(paper, { paper: { authors_text: text } })]),
    ]);
    const { rows } = await database.pool.query("SELECT authors FROM papers");
    expect(rows).toEqual([{ authors }]);
  });

  test.each([
    ["2023-02-23T17:34:53Z", "2023-02-23T17:34:53.000000Z"],
    ["2023-02-23T17:34:53.123456Z", "2023-02-23T17:34:53.123456Z"],
    ["2023-02-23T17:34:53.1234567Z", "2023-02-23T17:34:53.123456Z"],
    ["2023-02-23T17:34:53", "2023-02-23T17:34:53.000000Z"],
    ["2023-02-23 17:34", "2023-02-23T17:34:00.000000Z"],
    ["2023-02-23T01:00:00+05:30", "2023-02-22T19:30:00.000000Z"],
    ["2023-02-23T01:00:00.5+0530", "2023-02-22T19:30:00.500000Z"],
    ["2023-02-23", "2023-02-23T00:00:00.000000Z"],
    ["2023-02", "2023-02-01T00:00:00.000000Z"],
    ["2023-13-01", "2023-01-01T00:00:00.000000Z"],
    ["2023-02-23 (about)", "2023-01-01T00:00:00.000000Z"],
    ["2023-\u0000", "2023-01-01T00:00:00.000000Z"],
    ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"],
    ["0000-12-31T23:59:59-14:00", "0001-01-01T13:59:59.000000Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"],
    ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00.000000Z"],
    ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"],
    ["9999-12-31T23:59:59-14:00", "9999-01-01T00:00:00.000000Z"],
  ])(
    "with submitted_at %j is stored with %j, whatever the process's time zone",
    async (submittedAt, wanted) => {
      const zone = process.env["TZ"];
      try {
        process.env["TZ"] = "Asia/Kolkata";
        await ingestDocuments(database, [bundleOfPaper({ submittedAt })]);
      } finally {
        if (zone === undefined) delete process.env["TZ"];
        else process.env["TZ"] = zone;
      }
      expect((await readTables(database))["papers"]?.[0]?.["submitted_at"]).toBe(wanted);
    },
  );
});

describe("a valid document that cannot be stored", () => {
  const documents = Array.from({ length: 9 }, (_, nth) => good(`2301.0000${nth}`));

  /** @threat T14 */
  test("is rejected with NOT_STORABLE if its paper id belongs to another paper, and all others are stored", async () => {
    const { pithNumber } = testPaper({ arxivId: "2301.00004" });
    await database.pool.query(
      "INSERT INTO records (paper_id, pith_number, state_sha256, log_checksum) VALUES ($1, 'pith:2000:ANOTHER', '', '')",
      [paperIdOf(pithNumber).toString()],
    );
    const summary = await ingestDocuments(database, [...documents, "{"]);
    expect(summary).toMatchObject({ documents: 10, merged: 8 });
    expect(summary.rejected).toEqual(
      new Map([
        ["NOT_STORABLE", 1],
        ["MALFORMED_JSON", 1],
      ]),
    );
    const rows = await readQuarantine();
    expect(rows.map(({ code, source }) => [code, source])).toEqual([
      ["MALFORMED_JSON", "test:10"],
      ["NOT_STORABLE", "test:5"],
    ]);
    expect(String(rows[1]?.content)).toBe(documents[4]);
    expect(await total("papers")).toBe(8);
  });

  /** Makes PostgreSQL reject the claim "refuse me" with a SQLSTATE. */
  async function rejectClaim(state: string): Promise<() => Promise<void>> {
    await database.pool.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF NEW.text = 'refuse me' THEN RAISE EXCEPTION 'refused on purpose' USING ERRCODE = '${state}'; END IF;
         RETURN NEW; END $$;
       CREATE TRIGGER refuse BEFORE INSERT ON claims FOR EACH ROW EXECUTE FUNCTION refuse()`,
    );
    return async () => void (await database.pool.query("DROP FUNCTION refuse CASCADE"));
  }
  const refused = bundleOfPaper({ arxivId: "2301.00099" }, (paper) => [
    snapshotEvent(paper, { claims: [{ text: "refuse me" }] }),
  ]);
  const batch = [...documents.slice(0, 3), refused, ...documents.slice(3), refused];

  test.each(["22003", "22008", "22021", "22P05", "54000"])(
    "is rejected with NOT_STORABLE if PostgreSQL raises %s, and all others are stored",
    async (state) => {
      const restore = await rejectClaim(state);
      try {
        const summary = await ingestDocuments(database, batch);
        expect(summary.rejected).toEqual(new Map([["NOT_STORABLE", 2]]));
        expect(summary.merged).toBe(9);
      } finally {
        await restore();
      }
      expect((await readTables(database))["papers"]?.length).toBe(9);
      // Once the database can store it, it is accepted like any other.
      expect(await ingestDocuments(database, [refused])).toMatchObject({ merged: 1, rejected: new Map() });
    },
  );

  test.each(["23505", "23503", "23514", "22P02", "22P04", "22001", "54001", "53200"])(
    "is not blamed for any other error (%s): the batch stops with it, and nothing is rejected",
    async (state) => {
      const restore = await rejectClaim(state);
      try {
        await expect(ingestDocuments(database, batch)).rejects.toMatchObject({
          code: state,
          message: "refused on purpose",
        });
      } finally {
        await restore();
      }
      expect(await readQuarantine()).toEqual([]);
      expect(Object.values(await readTables(database)).flat()).toEqual([]);
      expect(await ingestDocuments(database, batch)).toMatchObject({ merged: 11, rejected: new Map() });
    },
  );

  test("is not blamed for a stale row: the batch stops with the table's name, and a rebuild repairs it", async () => {
    const { pithNumber } = testPaper({ arxivId: "2301.00004" });
    await database.pool.query(
      `INSERT INTO claims (paper_id, ordinal, claim_id, kind, text, status, attestation)
       VALUES ($1, 0, '', '', 'stale', '', '')`,
      [paperIdOf(pithNumber).toString()],
    );
    const stale = [
      ...documents.slice(0, 4),
      bundleOfPaper({ arxivId: "2301.00004" }, (paper) => [
        snapshotEvent(paper, { claims: [{ text: "a claim" }] }),
      ]),
    ];
    await expect(ingestDocuments(database, stale)).rejects.toMatchObject({ code: "23505", table: "claims" });
    expect(await readQuarantine()).toEqual([]);
    await rebuildTables(database, { keyring });
    expect(await ingestDocuments(database, stale)).toMatchObject({ merged: 5, rejected: new Map() });
  });

  test("is not blamed for a missing table: the batch stops with the error, and stores nothing", async () => {
    await database.pool.query("ALTER TABLE papers RENAME TO papers_away");
    try {
      await expect(ingestDocuments(database, documents)).rejects.toThrow(/papers/);
    } finally {
      await database.pool.query("ALTER TABLE papers_away RENAME TO papers");
    }
    const tables = await readTables(database);
    expect(Object.values(tables).flat()).toEqual([]);
  });
});
