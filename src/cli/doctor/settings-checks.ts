import { createServer } from "node:net";
import { type Config, readConfig, settingNames, unknownVariables } from "../../config/index.ts";
import { keyringEntries, parseInstant } from "../../protocol/index.ts";
import { errorText } from "../../runtime/index.ts";
import { loadKeyring } from "../keyring-file.ts";
import { runningService } from "../running-service.ts";
import { type Finding, ok, warning, wrong } from "./finding.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Checks every setting separately, so that an invalid one hides no other. */
export function settingsFindings(environment: Environment): Finding[] {
  const given = settingNames.filter((name) => (environment[name] ?? "").trim() !== "");
  const findings: Finding[] = [];
  for (const name of given) {
    const message = faultOf({ [name]: environment[name] });
    if (message !== null) findings.push(wrong(`Setting ${name}`, "cannot be used", message));
  }
  // Settings that are valid alone may contradict each other.
  const together = findings.length === 0 ? faultOf(environment) : null;
  if (together !== null) findings.push(wrong("Settings", "do not fit together", together));
  for (const message of unknownVariables(environment)) {
    findings.push(
      warning("Settings", message, "It has no effect. docs/configuration.md lists all there are."),
    );
  }
  return findings.length > 0 ? findings : [ok("Settings", `${given.length} given, all usable`)];
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
    return warning("Tokens", "one token is listed twice", "Leave one entry in PITH_GRAPH_TOKENS.");
  }
  if (tokens.length === 0) return ok("Tokens", "none: nobody may submit documents");
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
            `${key.keyId} of ${key.signerId} counted until ${validUntil.slice(0, 10)}`,
            "Later events of it are refused. Add the signer's newer key.",
          ),
        );
      } else if (validFrom !== null && validFrom > today) {
        findings.push(
          warning(
            "Keyring",
            `${key.keyId} of ${key.signerId} counts from ${validFrom.slice(0, 10)} on`,
            "Earlier events of it are refused. Is this machine's clock right?",
          ),
        );
      }
    }
    if (findings.length > 0) return findings;
    const keys = keyringEntries(keyring);
    const where = keyringPath === undefined ? "the registry's own key" : `the registry's, and ${keyringPath}`;
    return [ok("Keyring", `${keys.length} ${keys.length === 1 ? "key" : "keys"}: ${where}`)];
  } catch (error) {
    return [wrong("Keyring", "cannot be used", errorText(error))];
  }
}

/** Whether `pith-graph start` could listen; a pith-graph that already listens is no fault. */
export async function portFinding(host: string, port: number): Promise<Finding> {
  const place = `${host}:${port}`;
  const fault = await listenFault(host, port);
  if (fault === null) return ok("Port", port === 0 ? "any that is free" : `${place} is free`);
  if (fault.code === "EADDRINUSE") {
    if ((await runningService(host, port)) !== null) {
      return ok("Port", `${place} is served by pith-graph`);
    }
    return warning("Port", `${place} is in use by another program`, "End that program, or set PORT.");
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
