// Packs the package, installs the tarball with npm, and checks that the library works as documented: with Node.js 20,
// 22 and 24 (downloaded, some 100 MB each), TypeScript's module resolutions node16 and bundler, attw and publint. `npm
// run test:browser` checks it in Chromium.
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installTools, root, run, toolPath } from "./tools.ts";

const versions = ["20", "22", "24"];

await run("npm", ["run", "--silent", "build"]);
await installTools();
const folder = await mkdtemp(join(tmpdir(), "pith-graph-package-"));
try {
  await run("npm", ["pack", "--silent", "--pack-destination", folder]);
  const tarball = join(folder, (await readdir(folder)).find((name) => name.endsWith(".tgz")) ?? "");
  // It has ES modules only: programs in CommonJS use import().
  await run(toolPath("attw"), [tarball, "--profile", "esm-only"]);
  await run(toolPath("publint"), ["--strict", tarball]);
  await installPackage(tarball);
  for (const version of versions) await verifyIn(version);
  for (const [resolution, module] of [
    ["node16", "node16"],
    ["bundler", "esnext"],
  ] as const) {
    await compile(resolution, module);
  }
  console.log("The packed library works in all of them.");
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function installPackage(tarball: string): Promise<void> {
  await writeFile(join(folder, "package.json"), '{"private":true,"type":"module"}\n');
  await run("npm", ["install", "--silent", "--omit=optional", tarball], folder);
  await cp(join(root, "examples/library/verify.mjs"), join(folder, "verify.mjs"));
}

/** Downloads a Node.js, and runs the example with it. */
async function verifyIn(version: string): Promise<void> {
  const place = join(folder, `node-${version}`);
  await mkdir(place);
  await writeFile(join(place, "package.json"), '{"private":true}\n');
  const binaries = `node-${process.platform}-${process.arch}`;
  await run("npm", ["install", "--silent", "--no-package-lock", `${binaries}@${version}`], place);
  const node = join(place, "node_modules", binaries, "bin", "node");
  await run(node, ["--version"]);
  await run(node, ["verify.mjs", "node_modules/pith-graph/sample/pith-2302.12192.state.json"], folder);
}

async function compile(moduleResolution: string, module: string): Promise<void> {
  const compilerOptions = { module, moduleResolution, target: "es2023", types: ["node"], strict: true };
  const options = { ...compilerOptions, noEmit: true, allowJs: true, checkJs: true, skipLibCheck: false };
  const typeRoots = [join(root, "node_modules", "@types")];
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...options, typeRoots }, files: ["verify.mjs"] }),
  );
  await run(join(root, "node_modules/.bin/tsc"), ["-p", "."], folder);
}
