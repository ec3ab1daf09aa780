import type { Proof } from "../protocol/index.ts";
import { ConfigError } from "./config-error.ts";

type Read<Value> = (text: string, name: string) => Value;

/** Any text. */
export const text: Read<string> = (given) => given;

/** A whole number within bounds, in decimal digits. */
export function wholeNumber(least: number, most: number): Read<number> {
  return (given, name) => {
    const value = Number(given);
    if (/^\d+$/.test(given) && value >= least && value <= most) return value;
    throw new ConfigError(
      `${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(given)}.`,
    );
  };
}

/** One of a few words. */
export function oneOf<Word extends string>(...words: readonly Word[]): Read<Word> {
  return (given, name) => {
    const found = words.find((word) => word === given);
    if (found !== undefined) return found;
    const listed = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
    throw new ConfigError(`${name} must be ${listed}, not ${JSON.stringify(given)}.`);
  };
}

/** `on` or `off`. */
export const onOrOff: Read<boolean> = (given, name) => oneOf("on", "off")(given, name) === "on";

/** Words separated by commas or spaces. */
export const list: Read<readonly string[]> = (given) => given.split(/[\s,]+/).filter((entry) => entry !== "");

/** The minimum proof of a source's events, as a person writes it: `hash` or `signed`. */
export function minimumProof(given: string): Proof {
  if (given === "hash" || given === "signed") return given;
  const advice =
    given === "receipt"
      ? " A receipt is public and covers the record alone: whoever copies it can write the rest of the event."
      : "";
  throw new ConfigError(
    `The minimum proof must be hash (for a source whose word you take) or signed (for all others), ` +
      `not ${JSON.stringify(given)}.${advice}`,
  );
}

/** A PostgreSQL address. It may hold a password: what is wrong is not repeated. */
export const databaseUrl: Read<string> = (given, name) => {
  if (isDatabaseUrl(given)) return given;
  throw new ConfigError(`${name} must begin with postgres:// or postgresql://${passwordHint}.`);
};

/** PostgreSQL addresses, separated by commas or spaces. What is wrong is not repeated here either. */
export const databaseUrls: Read<readonly string[]> = (given, name) => {
  const urls = list(given, name);
  if (urls.every(isDatabaseUrl)) return urls;
  throw new ConfigError(
    `${name} must be addresses that begin with postgres:// or postgresql://, separated by commas${passwordHint}.`,
  );
};

const passwordHint =
  ", and be whole: in a name or a password / is written %2F, ? is %3F, # is %23, and a comma %2C";

/**
 * Whether it can be read as an address, and as no other than was meant: a `/`, `?` or `#` in a password would end the
 * host before it, and what follows would be shown as a database's name. The driver takes it without a host.
 */
function isDatabaseUrl(given: string): boolean {
  const whole = given.replace("@/", "@localhost/");
  if (!/^postgres(?:ql)?:\/\//.test(given) || !URL.canParse(whole)) return false;
  const { pathname, searchParams, hash } = new URL(whole);
  return hash === "" && !pathname.includes("@") && ![...searchParams.keys()].some((key) => key.includes("@"));
}

/** An address without its password, wherever that stands in it. */
export function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return "***";
  const shown = new URL(url);
  if (shown.password !== "") shown.password = "***";
  for (const name of [...shown.searchParams.keys()]) {
    if (/pass|secret|token|key/i.test(name)) shown.searchParams.set(name, "***");
  }
  return shown.href;
}
