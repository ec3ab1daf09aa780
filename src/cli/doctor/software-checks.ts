import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Finding, ok, warning, wrong } from "./finding.ts";

/** The oldest Node.js that this runs on, as in `engines` of package.json. */
const oldestNode = [20, 19] as const;

/** `version` in the form of `process.versions.node`: `22.11.0`. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOldEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  if (!isOldEnough) {
    return wrong("Node.js", version, `Install Node.js ${oldestNode.join(".")} or newer: nodejs.org.`);
  }
  return ok("Node.js", version);
}

/** Whether all parts of this software are present. `root`: the package's folder. */
export function softwareFinding(version: string, root = new URL("../../../", import.meta.url)): Finding {
  const needed = ["drizzle/meta/_journal.json", "sample/keyring.json", "dist/explorer/index.html"];
  const missing = needed.filter((path) => !existsSync(new URL(path, root)));
  if (missing.length === 0) return ok("pith-graph", version);
  return wrong(
    "pith-graph",
    `${version}, without ${missing.join(", ")}`,
    `Install it again; in a checkout: npm ci && npm run build (in ${fileURLToPath(root)}).`,
  );
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the locale of the terminal supports more than ASCII, which titles and names need. */
export function localeFinding(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): Finding {
  // The first of these that is set decides, in every program (POSIX, 8.2).
  const names = ["LC_ALL", "LC_CTYPE", "LANG"] as const;
  const name = names.find((one) => (environment[one] ?? "") !== "");
  if (platform === "win32" || platform === "darwin")
    return ok("Locale", "Unicode, as this system always has");
  const value = name === undefined ? "" : (environment[name] ?? "");
  if (/utf-?8/i.test(value)) return ok("Locale", `${name}=${value}`);
  return warning(
    "Locale",
    name === undefined ? "none is set" : `${name}=${value}`,
    "Titles are printed as UTF-8: set LANG=C.UTF-8 where the terminal shows them wrongly.",
  );
}
