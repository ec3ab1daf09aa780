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
  /** `component` is the project itself. */
  readonly metadata: { readonly component: Pick<Component, "name" | "version"> };
  readonly components: readonly Component[];
};

/** The components in CycloneDX' JSON, which npm makes from the lockfile. Throws if npm fails. */
export function makeSbom(root: string): Sbom {
  // npm's notices go to standard error.
  const { status, stdout, stderr } = spawnSync(
    "npm",
    ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"],
    { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`npm sbom: ${stderr}`);
  const sbom = JSON.parse(stdout) as Sbom;
  // npm names the project after its folder.
  const { name } = JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as { name: string };
  return { ...sbom, metadata: { ...sbom.metadata, component: { ...sbom.metadata.component, name } } };
}

/** The faults of an SBOM: a package of the lockfile that is missing, or lacks its hash or licence. */
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
