import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drainQueue, queuedChannel } from "../../src/submissions/index.ts";
import { keyring } from "../protocol/signed-events.ts";
import { counts, openSite, paper, type Site, token } from "./site.ts";

let site: Site;

beforeAll(async () => {
  site = await openSite({ maximumDocumentBytes: 20_000 });
});
afterAll(() => site.close());

const authorization = { authorization: `Bearer ${token}` };
const mutation = `mutation ($document: String!) { submitDocument(document: $document) {
  submission { id status receivedAt pithNumber error paper { title } } } }`;
const query = `query ($id: ID!) { node(id: $id) { ... on Submission { id status pithNumber error rejection { code message } rejectedEvents { eventId reason } paper { title } } } }`;

type Submission = { id: string; status: string; receivedAt: string };

async function submit(document: string, headers: Record<string, string> = authorization) {
  const { data, errors } = await site.graphql(mutation, { document }, headers);
  const payload = data?.["submitDocument"] as { submission: Submission } | undefined;
  return { submission: payload?.submission, error: errors?.[0] };
}

async function readSubmission(id: string) {
  return (await site.graphql(query, { id })).data?.["node"];
}

describe("submitDocument", () => {
  it.each([
    ["no", {}],
    ["a wrong", { authorization: "Bearer wrong" }],
  ])("fails with UNAUTHENTICATED and stores nothing with %s token", async (_name, headers) => {
    const { error } = await submit(paper(1).text, headers as Record<string, string>);
    expect(error?.extensions["code"]).toBe("UNAUTHENTICATED");
    expect((await counts(site.database)).submissions).toBe(0);
  });

  it("answers QUEUED once the document is stored; a worker then merges it, and its paper can be queried", async () => {
    const { pithNumber, text } = paper(1);
    const { submission } = await submit(text);
    expect(submission).toMatchObject({ status: "QUEUED", pithNumber: null, error: null, paper: null });
    expect(submission?.receivedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const id = submission?.id ?? "";
    expect(Buffer.from(id, "base64").toString()).toMatch(
      /^Submission:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(await readSubmission(id)).toMatchObject({ id, status: "QUEUED" });
    await drainQueue(site.database, { keyring });
    expect(await readSubmission(id)).toEqual({
      id,
      status: "MERGED",
      pithNumber,
      error: null,
      rejection: null,
      rejectedEvents: [],
      paper: { title: "Submitted 1" },
    });
  });

  it("notifies the workers on commit", async () => {
    const listener = await site.database.pool.connect();
    await listener.query(`LISTEN ${queuedChannel}`);
    const notification = once(listener, "notification");
    const { submission } = await submit(paper(5).text);
    expect((await notification)[0]).toMatchObject({ channel: queuedChannel });
    expect(await readSubmission(submission?.id ?? "")).toMatchObject({ status: "QUEUED" });
    listener.release(true);
    await drainQueue(site.database, { keyring });
  });

  it("reports why a document is rejected, and which events of a merged one are", async () => {
    const unsigned = await submit(paper(2, { proof: "receipt" }).text);
    const bundle = JSON.parse(paper(3).text) as { events: { event_id: string; signature?: unknown }[] };
    delete bundle.events[1]?.signature;
    const mixed = await submit(JSON.stringify(bundle));
    await drainQueue(site.database, { keyring });
    expect(await readSubmission(unsigned.submission?.id ?? "")).toMatchObject({
      status: "REJECTED",
      error: expect.stringMatching(/^UNSIGNED: /),
      rejection: { code: "UNSIGNED", message: expect.stringContaining(" ") },
      rejectedEvents: [],
      paper: null,
    });
    expect(await readSubmission(mixed.submission?.id ?? "")).toMatchObject({
      status: "MERGED",
      error: `Rejected events: ${bundle.events[1]?.event_id} UNSIGNED`,
      rejection: null,
      rejectedEvents: [{ eventId: bundle.events[1]?.event_id, reason: "UNSIGNED" }],
    });
  });

  it.each([
    ["{", "MALFORMED_JSON"],
    ["[]", "UNSUPPORTED_DOCUMENT"],
    [paper(4).text.replace("cs.LG", "cs.CL"), "RECORD_HASH_MISMATCH"],
  ])(
    "fails with DOCUMENT_REJECTED at once for a text that is not a document, and puts it in quarantine (%#)",
    async (text, code) => {
      const { error } = await submit(text);
      expect(error?.message).toMatch(new RegExp(`^${code}: `));
      expect(error?.extensions).toMatchObject({ code: "DOCUMENT_REJECTED", documentCode: code });
      await drainQueue(site.database, { keyring });
      expect(await readSubmission(String(error?.extensions["submission"]))).toMatchObject({
        status: "REJECTED",
      });
      const { rows } = await site.database.pool.query("SELECT 1 FROM quarantine WHERE code = $1", [code]);
      expect(rows).toHaveLength(1);
    },
  );

  it.each([
    [`"${"x".repeat(20_000)}"`, "TOO_LARGE"],
    ['{"text":"\ud800"}', "INVALID_UNICODE"],
  ])("stores nothing of a document that is too large, or has a lone surrogate (%#)", async (text, code) => {
    const before = await counts(site.database);
    const { error } = await submit(text);
    expect(error?.extensions).toMatchObject({ code: "DOCUMENT_REJECTED", documentCode: code });
    expect(await counts(site.database)).toEqual(before);
  });

  it("fails with RATE_LIMITED and retryAfter beyond the token's limits", async () => {
    const limited = await openSite({ documentsPerMinute: 1 });
    const send = () => limited.graphql(mutation, { document: paper(1).text }, authorization);
    expect((await send()).errors).toBeUndefined();
    const [error] = (await send()).errors ?? [];
    expect(error?.extensions).toMatchObject({ code: "RATE_LIMITED", retryAfter: expect.any(Number) });
    expect((await counts(limited.database)).submissions).toBe(1);
    await limited.close();
  });

  it("leads to no node for a submission that is not stored", async () => {
    const idOf = (text: string) => Buffer.from(`Submission:${text}`).toString("base64");
    expect(await readSubmission(idOf("00000000-0000-4000-8000-000000000000"))).toBeNull();
    expect(await readSubmission(idOf("nonsense"))).toBeNull();
  });
});
