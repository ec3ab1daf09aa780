import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Lockfile } from "./check-lockfile.ts";

type Component = {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly unknown[];
};

export type Sbom = {
  readonly bomFormat: string;
  readonly specVersion: string;
  /** `component`: what all the others are in. */
  readonly metadata: { readonly component: Pick<Component, "name" | "version"> };
  readonly components: readonly Component[];
};

/** What is installed, in CycloneDX' JSON, as npm itself tells it from the lockfile. Throws where npm cannot. */
export function makeSbom(root: string): Sbom {
  // Its notices go to standard error.
  const { status, stdout, stderr } = spawnSync(
    "npm",
    ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"],
    { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`npm sbom: ${stderr}`);
  const sbom = JSON.parse(stdout) as Sbom;
  // npm calls the whole by the name of its folder.
  const { name } = JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as { name: string };
  return { ...sbom, metadata: { ...sbom.metadata, component: { ...sbom.metadata.component, name } } };
}

/** What is wrong with it: a package of the lockfile that is not in it, or is without its hash or licence. */
export function sbomFaults(sbom: Sbom, lockfile: Lockfile): string[] {
  const faults: string[] = [];
  if (sbom.bomFormat !== "CycloneDX" || !/^1\.\d$/.test(sbom.specVersion)) {
    faults.push(`it is ${sbom.bomFormat} ${sbom.specVersion}`);
  }
  const listed = new Map(
    sbom.components.map((component) => [`${component.name}@${component.version}`, component]),
  );
  for (const [path, { version, integrity = "" }] of Object.entries(lockfile.packages)) {
    if (path === "") continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const component = listed.get(`${name}@${version}`);
    if (component === undefined) {
      faults.push(`${name}@${version} is missing`);
      continue;
    }
    const sha512 = component.hashes?.find(({ alg }) => alg === "SHA-512")?.content ?? "";
    if (sha512 !== Buffer.from(integrity.slice("sha512-".length), "base64").toString("hex")) {
      faults.push(`${name}@${version} has another hash`);
    }
    if (!component.purl.startsWith("pkg:npm/")) faults.push(`${name}@${version} has no package URL`);
  }
  return faults;
}

export function readLockfile(root: string): Lockfile {
  return JSON.parse(readFileSync(`${root}/package-lock.json`, "utf8")) as Lockfile;
}
