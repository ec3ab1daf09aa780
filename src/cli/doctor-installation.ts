import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { type Config, readConfig, settingNames, unknownVariables } from "../config/index.ts";
import { keyringEntries, parseInstant } from "../protocol/index.ts";
import { errorText } from "../runtime/index.ts";
import { loadKeyring } from "./keyring-file.ts";
import { runningService } from "./running-service.ts";

/** The result of checking one part of an installation. */
export type Finding = {
  /** The name of the check: short, the same in every run. */
  readonly check: string;
  /** `warning`: it works, but less well than it could. `wrong`: something will not work. */
  readonly result: "ok" | "warning" | "wrong";
  /** A description of the result. */
  readonly text: string;
  /** Advice; always present unless `ok`. */
  readonly advice?: string;
};

export function ok(check: string, text: string): Finding {
  return { check, result: "ok", text };
}

export function warning(check: string, text: string, advice: string): Finding {
  return { check, result: "warning", text, advice };
}

export function wrong(check: string, text: string, advice: string): Finding {
  return { check, result: "wrong", text, advice };
}

/** The oldest Node.js that this runs on, as in `engines` of package.json. */
const minNodeVersion = [20, 19] as const;

/** `version` in the form of `process.versions.node`: `22.11.0`. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNewEnough =
    major > minNodeVersion[0] || (major === minNodeVersion[0] && minor >= minNodeVersion[1]);
  if (!isNewEnough) {
    return wrong("Node.js", version, `Install Node.js ${minNodeVersion.join(".")} or newer: nodejs.org.`);
  }
  return ok("Node.js", version);
}

/** Whether all parts of this software are present. `root`: the package's folder. */
export function softwareFinding(version: string, root = new URL("../../", import.meta.url)): Finding {
  const needed = ["drizzle/meta/_journal.json", "sample/keyring.json", "dist/explorer/index.html"];
  const missing = needed.filter((path) => !existsSync(new URL(path, root)));
  if (missing.length === 0) return ok("pith-graph", version);
  return wrong(
    "pith-graph",
    `${version}, without ${missing.join(", ")}`,
    `Reinstall it; in a clone, run npm ci && npm run build (in ${fileURLToPath(root)}).`,
  );
}

/** Whether the locale of the terminal supports more than ASCII, which titles and names need. */
export function localeFinding(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): Finding {
  // The first of these that is set decides, in every program (POSIX, 8.2).
  const names = ["LC_ALL", "LC_CTYPE", "LANG"] as const;
  const name = names.find((one) => (environment[one] ?? "") !== "");
  if (platform === "win32" || platform === "darwin") return ok("Locale", "Unicode");
  const value = name === undefined ? "" : (environment[name] ?? "");
  if (/utf-?8/i.test(value)) return ok("Locale", `${name}=${value}`);
  return warning(
    "Locale",
    name === undefined ? "not set" : `${name}=${value}`,
    "Output is UTF-8: set LANG=C.UTF-8 if the terminal shows it wrongly.",
  );
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Checks every setting separately, so that an invalid one hides no other. */
export function settingsFindings(environment: Environment): Finding[] {
  const given = settingNames.filter((name) => (environment[name] ?? "").trim() !== "");
  const findings: Finding[] = [];
  for (const name of given) {
    const message = faultOf({ [name]: environment[name] });
    if (message !== null) findings.push(wrong(`Setting ${name}`, "invalid", message));
  }
  // Settings that are valid alone may contradict each other.
  const together = findings.length === 0 ? faultOf(environment) : null;
  if (together !== null) findings.push(wrong("Settings", "contradict each other", together));
  for (const message of unknownVariables(environment)) {
    findings.push(
      warning("Settings", message, "It has no effect. See docs/configuration.md for all settings."),
    );
  }
  return findings.length > 0 ? findings : [ok("Settings", `${given.length} set, all valid`)];
}

function faultOf(environment: Environment): string | null {
  // A setting that requires another one is checked together with it.
  try {
    readConfig(environment);
    return null;
  } catch (error) {
    const message = errorText(error);
    const isAlone = Object.keys(environment).length === 1;
    return isAlone && / needs PITH_GRAPH_/.test(message) ? null : message;
  }
}

/** The configuration without its invalid settings. */
export function usableConfig(environment: Environment): Config {
  const usable: Record<string, string | undefined> = {};
  for (const name of settingNames) {
    if (faultOf({ [name]: environment[name] }) === null) usable[name] = environment[name];
  }
  try {
    return readConfig(usable);
  } catch {
    return readConfig({ DATABASE_URL: usable["DATABASE_URL"], PITH_GRAPH_DATA: usable["PITH_GRAPH_DATA"] });
  }
}

/** Who may submit; the format of the tokens is checked with the settings. */
export function tokensFinding({ submissions }: Config): Finding {
  const { tokens } = submissions;
  if (new Set(tokens.map(({ sha256 }) => sha256.toString("hex"))).size < tokens.length) {
    return warning("Tokens", "a token is listed twice", "Remove one of its entries from PITH_GRAPH_TOKENS.");
  }
  if (tokens.length === 0) return ok("Tokens", "none: submissions are disabled");
  return ok("Tokens", `${tokens.length}: ${tokens.map(({ name }) => name).join(", ")}`);
}

/** The keyring, and whether its keys are valid now. `now`: RFC 3339, in UTC. */
export async function keyringFindings({ keyringPath }: Config, now: string): Promise<Finding[]> {
  try {
    const keyring = await loadKeyring([keyringPath]);
    const today = parseInstant(now) ?? "";
    const findings: Finding[] = [];
    for (const key of keyring.values()) {
      const { validFrom, validUntil } = key;
      if (validUntil !== null && validUntil <= today) {
        findings.push(
          warning(
            "Keyring",
            `${key.keyId} of ${key.signerId} expired on ${validUntil.slice(0, 10)}`,
            "Later events are rejected. Add the signer's newer key.",
          ),
        );
      } else if (validFrom !== null && validFrom > today) {
        findings.push(
          warning(
            "Keyring",
            `${key.keyId} of ${key.signerId} is valid from ${validFrom.slice(0, 10)}`,
            "Earlier events are rejected. Check this machine's clock.",
          ),
        );
      }
    }
    if (findings.length > 0) return findings;
    const keys = keyringEntries(keyring);
    const where = keyringPath === undefined ? "the registry's own key" : `the registry's and ${keyringPath}`;
    return [ok("Keyring", `${keys.length} ${keys.length === 1 ? "key" : "keys"}: ${where}`)];
  } catch (error) {
    return [wrong("Keyring", "invalid", errorText(error))];
  }
}

/** Whether `pith-graph start` could listen; a pith-graph that already listens is no fault. */
export async function portFinding(host: string, port: number): Promise<Finding> {
  const place = `${host}:${port}`;
  const fault = await listenFault(host, port);
  if (fault === null) return ok("Port", port === 0 ? "any free port" : `${place} is free`);
  if (fault.code === "EADDRINUSE") {
    if ((await runningService(host, port)) !== null) {
      return ok("Port", `${place} is served by pith-graph`);
    }
    return warning("Port", `${place} is in use by another program`, "Stop that program, or set PORT.");
  }
  const advice =
    fault.code === "EACCES" ? "Set PORT to 1024 or above." : "Set HOST to an address of this machine.";
  return wrong("Port", `${place}: ${errorText(fault)}`, advice);
}

function listenFault(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}
