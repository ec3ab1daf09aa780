import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildIfNeeded } from "../bin/build.js";
import { suffixOf } from "../src/protocol/index.ts";
import { documentOf, type SyntheticDocument } from "../test/api/fixtures/documents.ts";
import { registry, signedEvent } from "../test/protocol/signed-events.ts";
import { type AttackedServer, startAttackedServer } from "./attack/attacked-server.ts";
import { startBenchServer } from "./bench-server.ts";
import { runBulk } from "./bulk-run.ts";

const eventCount = 4_000;
const clients = 8;
const rounds = 5;

/**
 * `npm run bench -- large-paper`: measures the longest stall of the server's event loop while eight clients
 * concurrently read a paper of 7 MB with 4,000 events.
 */
export async function run(): Promise<void> {
  await buildIfNeeded();
  const { pithNumber, text } = largePaper();
  const folder = mkdtempSync(join(tmpdir(), "pith-graph-large-"));
  const postgres = await startBenchServer();
  try {
    const { url, pool } = await postgres.createDatabase("large");
    const path = join(folder, "large.ndjson");
    const keyring = join(folder, "keyring.json");
    writeFileSync(path, `${text}\n`);
    writeFileSync(keyring, JSON.stringify([keyringEntry()]));
    await runBulk({ url, keyring, pool }, path);
    console.log(
      `a paper of ${(text.length / 1e6).toFixed(1)} MB in ${eventCount} events, ${clients} clients`,
    );
    const document = `/pith/${suffixOf(pithNumber)}`;
    const query = (field: string) =>
      `/graphql?query=${encodeURIComponent(`{ paper(ref: "${pithNumber}") { state { ${field} } } }`)}`;
    const routes = {
      "bundle.json": `${document}/bundle.json`,
      "state.json": `${document}/state.json`,
      "GraphQL, document": query("document"),
      "GraphQL, appliedEventIds": query("appliedEventIds"),
    };
    console.log(`${"route".padEnd(30)}${["stall ms", "processor", "MB", "seconds"].map(cell).join("")}`);
    for (const [name, route] of Object.entries(routes)) {
      const server = await startAttackedServer(url, folder, { PITH_GRAPH_PORT: "0" });
      try {
        await measure(server, name, route);
      } finally {
        await server.close();
      }
    }
  } finally {
    await postgres.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function largePaper(): SyntheticDocument {
  return documentOf({
    arxivId: "2601.00001",
    submittedAt: "2026-01-01T00:00:00Z",
    title: "A paper of many corrections",
    more: ({ pithNumber }) =>
      Array.from({ length: eventCount }, (_, nth) =>
        signedEvent(registry, {
          event_type: "correction",
          created_at: "2026-06-10T12:00:00Z",
          subject_pith_number: pithNumber,
          payload: { note: `Correction ${nth}: ${"a few words that are put right. ".repeat(28)}` },
        }),
      ),
  });
}

/** The maximum of some rounds. The state is made in the first, and cached for the others if it fits. */
async function measure(server: AttackedServer, name: string, route: string): Promise<void> {
  await server.longestStall();
  for (let round = 1; round <= rounds; round++) {
    const start = performance.now();
    const sizes = await Promise.all(
      Array.from({ length: clients }, (_, nth) =>
        read(`${server.origin}${route}${route.includes("?") ? `&client=${nth}` : ""}`),
      ),
    );
    const seconds = (performance.now() - start) / 1_000;
    const { clock, processor } = await server.longestStall();
    const cells = [
      clock.toFixed(0),
      processor.toFixed(0),
      ((sizes[0] ?? 0) / 1e6).toFixed(1),
      seconds.toFixed(2),
    ];
    console.log(`${`${name} (${round})`.padEnd(30)}${cells.map(cell).join("")}`);
  }
}

function cell(text: string): string {
  return text.padStart(11);
}

/** Reads an answer without buffering it, and returns its bytes. */
function read(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { accept: "application/json" } }, (response) => {
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on("end", () =>
        response.statusCode === 200 ? resolve(bytes) : reject(new Error(`${url}: ${response.statusCode}`)),
      );
      response.on("error", reject);
    })
      .on("error", reject)
      .end();
  });
}

/** The test registry's key as a keyring's entry. */
function keyringEntry() {
  const { name: _name, seed_hex: _seed, ...entry } = registry;
  return entry;
}
