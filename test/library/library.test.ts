import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  canonicalJson,
  createKeyring,
  parseDocument,
  parseJson,
  parseKeyring,
  verifyEvent,
} from "../../src/protocol/index.ts";
import { type PackedLibrary, packLibrary } from "./packed.ts";

let library: PackedLibrary;
beforeAll(async () => {
  library = await packLibrary();
});
afterAll(() => library.remove());

const seed = "sample/pith-2302.12192.state.json";
const verified = `record_created: receipt
graph_snapshot: hash
pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643 merges to the state it publishes
`;

test("the packed library verifies the registry's own document in Node.js", async () => {
  const path = join("node_modules/pith-graph", seed);
  expect(await runIn(library.folder, process.execPath, ["verify.mjs", path])).toEqual({
    status: 0,
    output: verified,
  });
});

test("the packed library rejects a changed document with STATE_HASH_MISMATCH", async () => {
  const text = await readFile(seed, "utf8");
  await writeFile(join(library.folder, "changed.json"), text.replace('"title":"', '"title":"Not '));
  const { status, output } = await runIn(library.folder, process.execPath, ["verify.mjs", "changed.json"]);
  expect(status).toBe(1);
  expect(output).toContain("STATE_HASH_MISMATCH");
});

test.each(["node16", "bundler"] as const)(
  "the library's types compile with moduleResolution %s",
  async (kind) => {
    const program = `import { mergeDocuments, parseDocument, verifyEvent, type EventVerification } from "pith-graph/protocol";
const verification: EventVerification = verifyEvent(parseDocument("{}").copies[0] ?? null);
const proof: "hash" | "receipt" | "signed" = verification.accepted ? verification.event.proof : "hash";
export const sha256: string | undefined = mergeDocuments(["{}"]).states.values().next().value?.sha256;
// @ts-expect-error: the type of proof is not any.
export const wrong: number = proof;
`;
    await writeFile(join(library.folder, "program.ts"), program);
    expect(faultsOf(join(library.folder, "program.ts"), kind)).toEqual([]);
  },
);

test("the library imports only itself and @noble, and nothing of Node.js", async () => {
  const folder = join(library.folder, "node_modules/pith-graph/dist/protocol");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".js"));
  const imported = new Set<string>();
  for (const name of names) {
    const text = await readFile(join(folder, name), "utf8");
    for (const [, specifier = "", dynamic = ""] of text.matchAll(
      /^(?:import|export)[^"]* from "([^"]+)"|\bimport\("([^"]+)"/gm,
    ))
      imported.add(specifier || dynamic);
  }
  const others = [...imported].filter((specifier) => !specifier.startsWith("./")).sort();
  expect(others).toEqual(["@noble/ed25519", "@noble/hashes/sha2.js", "@noble/hashes/utils.js"]);
});

test("the package contains the files that it runs, and no sources or tests", () => {
  const folders = new Set(library.files.map((path) => path.split("/")[0]));
  expect([...folders].sort()).toEqual(
    ["LICENSE", "README.md", "bin", "dist", "drizzle", "package.json", "sample", "schema.graphql"].sort(),
  );
});

test("docs/library.md contains the example examples/library/verify.mjs", async () => {
  const text = await readFile("docs/library.md", "utf8");
  const example = await readFile("examples/library/verify.mjs", "utf8");
  expect(text).toContain(example.replace(/^\/\/.*\n/, "").trim());
});

test("verifyEvent accepts a text, bytes or a value, and returns the reason for rejecting one", async () => {
  const keyring = createKeyring(parseKeyring(parseJson(await readFile("sample/keyring.json"))));
  const [line = ""] = (await readFile("sample/forks.ndjson", "utf8")).split("\n");
  const [event] = parseDocument(line).copies;
  if (event === undefined) throw new Error("The sample's first document has no event.");
  const text = canonicalJson(event);
  expect(verifyEvent(event, keyring)).toMatchObject({
    accepted: true,
    event: { proof: "signed", fault: null },
  });
  expect(verifyEvent(text, keyring)).toEqual(verifyEvent(event, keyring));
  expect(verifyEvent(new TextEncoder().encode(text), keyring)).toEqual(verifyEvent(event, keyring));
  expect(verifyEvent(text)).toMatchObject({ accepted: false, reason: "UNKNOWN_SIGNER" });
  const changed = text.replace(/"created_at":"2026-01-01/, '"created_at":"2026-01-02');
  expect(changed).not.toBe(text);
  expect(verifyEvent(changed, keyring)).toMatchObject({ accepted: false, reason: "EVENT_ID_MISMATCH" });
  const elsewhere = { ...(event as object), subject_pith_number: "__proto__" } as typeof event;
  expect(verifyEvent(elsewhere, keyring)).toMatchObject({ accepted: false });
  expect(verifyEvent(null, keyring)).toMatchObject({ accepted: false, reason: "MALFORMED_EVENT" });
  expect(() => verifyEvent("no JSON", keyring)).toThrow(expect.objectContaining({ code: "MALFORMED_JSON" }));
});

const libraries = new Map<string, ts.SourceFile | undefined>();

/** The compiler's messages for a program. The declarations of the language are read once. */
function faultsOf(path: string, kind: "node16" | "bundler"): string[] {
  const options: ts.CompilerOptions = {
    module: kind === "node16" ? ts.ModuleKind.Node16 : ts.ModuleKind.ESNext,
    moduleResolution: kind === "node16" ? ts.ModuleResolutionKind.Node16 : ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts"],
    types: [],
    strict: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) => {
    if (!/lib\.[\w.]+\.d\.ts$/.test(name)) return read(name, ...rest);
    if (!libraries.has(name)) libraries.set(name, read(name, ...rest));
    return libraries.get(name);
  };
  const program = ts.createProgram([path], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}

function runIn(
  cwd: string,
  program: string,
  args: readonly string[],
): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ status, output: stdout + stderr });
    });
  });
}
