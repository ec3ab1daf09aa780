import { describe, expect, test } from "vitest";
import {
  checkLockfiles,
  type Lockfile,
  lockfileFaults,
  type Manifest,
} from "../../scripts/check-lockfile.ts";
import { makeSbom, readLockfile, sbomFaults } from "../../scripts/sbom.ts";

const sound = {
  version: "1.2.3",
  integrity: `sha512-${Buffer.alloc(64, 7).toString("base64")}`,
};
const manifest: Manifest = { dependencies: { one: "1.2.3" } };
const lockfile = (changes: object): Lockfile => ({
  lockfileVersion: 3,
  packages: { "": {}, "node_modules/one": { ...sound, ...changes } },
});

describe("lockfileFaults", () => {
  test("finds no fault in the repository's lockfiles", () => expect(checkLockfiles(".")).toEqual([]));

  test("finds no fault in a lockfile with exact versions and SHA-512 hashes", () =>
    expect(lockfileFaults(manifest, lockfile({}))).toEqual([]));

  /** @threat T52 */
  test.each<[what: string, changes: object, fault: RegExp]>([
    ["no hash", { integrity: undefined }, /no SHA-512/],
    ["a weak hash", { integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }, /no SHA-512/],
    [
      "a source in git",
      { version: "git+ssh://git@example.org/x.git#1", integrity: undefined },
      /version is git/,
    ],
    ["an address of a registry", { resolved: "http://registry.example.org/one.tgz" }, /names where/],
    ["a link", { link: true }, /a link/],
    ["another version than package.json", { version: "1.2.4" }, /the lockfile 1\.2\.4/],
    ["an install script", { hasInstallScript: true }, /install script/],
  ])("reports a package with %s", (_, changes, fault) => {
    expect(lockfileFaults(manifest, lockfile(changes)).join("\n")).toMatch(fault);
  });

  test("reports a range in package.json", () => {
    expect(lockfileFaults({ dependencies: { one: "^1.2.3" } }, lockfile({})).join("\n")).toMatch(
      /no exact version/,
    );
  });

  /** @threat T53 */
  test("accepts an install script that allowScripts decides about", () => {
    const allowed = { ...manifest, allowScripts: { one: false } };
    expect(lockfileFaults(allowed, lockfile({ hasInstallScript: true }))).toEqual([]);
  });
});

/** @threat T54 */
test("the SBOM names every package of the lockfile, with its hash", () => {
  const sbom = makeSbom(".");
  expect(sbomFaults(sbom, readLockfile("."))).toEqual([]);
  expect(sbom.metadata.component.name).toBe("pith-graph");
  const [first, ...rest] = sbom.components;
  expect(sbomFaults({ ...sbom, components: rest }, readLockfile("."))).toEqual([
    `${first?.name}@${first?.version} is missing`,
  ]);
});
