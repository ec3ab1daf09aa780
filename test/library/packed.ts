import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A folder in which the packed library is installed, as it would be published. */
export type PackedLibrary = {
  readonly folder: string;
  readonly files: readonly string[];
  remove(): Promise<void>;
};

/**
 * Packs the package and unpacks the tarball into `node_modules` of a new folder, beside the two packages that the library
 * needs. `npm run check:package` installs it with npm instead.
 */
export async function packLibrary(): Promise<PackedLibrary> {
  await writeDeclarations();
  const folder = await mkdtemp(join(tmpdir(), "pith-graph-library-"));
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder]);
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  const installed = join(folder, "node_modules", "pith-graph");
  await mkdir(installed, { recursive: true });
  await run("tar", [
    "-xzf",
    join(folder, packed?.filename ?? ""),
    "-C",
    installed,
    "--strip-components",
    "1",
  ]);
  await symlink(resolve("node_modules/@noble"), join(folder, "node_modules", "@noble"));
  for (const name of ["verify.mjs", "verify.html"]) await cp(`examples/library/${name}`, join(folder, name));
  await writeFile(join(folder, "package.json"), '{"private":true,"type":"module"}\n');
  return {
    folder,
    files: packed?.files.map(({ path }) => path) ?? [],
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Writes the declarations, unless `npm run build` has: the launcher's own build has none. */
async function writeDeclarations(): Promise<void> {
  if (existsSync("dist/protocol/index.d.ts")) return;
  await run("node_modules/.bin/tsc", ["-p", "tsconfig.library.json", "--outDir", "dist"]);
}
