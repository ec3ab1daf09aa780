/** An invalid setting. The message names it and says what is expected. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** An environment variable: how it is parsed, and its text for docs/configuration.md. */
export type Variable<Value> = {
  readonly name: string;
  /** The default, as it would be written in the environment; absent if there is none. */
  readonly default?: string;
  /** The description for docs/configuration.md, in Markdown. */
  readonly description: string;
  /** The option of `serve`, `start` and `config` that overrides it. */
  readonly option?: string;
  /** Throws ConfigError with `name` in its message. */
  readonly read: (text: string, name: string) => Value;
  /** Hides the secrets in a value, so that it can be shown. */
  readonly mask?: (text: string) => string;
};

/** The variables under one heading of docs/configuration.md, by property name. */
export type Topic = {
  readonly title: string;
  readonly variables: Readonly<Record<string, Variable<unknown>>>;
};

type ValueOf<Declared> =
  Declared extends Variable<infer Value>
    ? Declared extends { readonly default: string }
      ? Value
      : Value | undefined
    : never;

/** The parsed values of a topic: undefined if a variable is not set and has no default. */
export type ValuesOf<Given extends Topic> = {
  readonly [Name in keyof Given["variables"]]: ValueOf<Given["variables"][Name]>;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Command-line options, by the name of the variable that each overrides. */
export type OptionOverrides = Readonly<Record<string, string | undefined>>;

/** The source of a value. */
export type Origin = "option" | "environment" | "default" | "not set";

/** Finds the effective value of a variable, as text. An empty variable counts as not set. */
export function settingOf(
  { name, default: defaultText, option }: Variable<unknown>,
  environment: Environment,
  options: OptionOverrides,
): { readonly text: string | undefined; readonly origin: Origin; readonly sourceName: string } {
  const given = option === undefined ? undefined : options[name];
  if (given !== undefined) return { text: given.trim(), origin: "option", sourceName: option as string };
  const set = environment[name]?.trim() || undefined;
  if (set !== undefined) return { text: set, origin: "environment", sourceName: name };
  return { text: defaultText, origin: defaultText === undefined ? "not set" : "default", sourceName: name };
}

/** Reads a topic's variables. Throws ConfigError, which names the invalid variable or option. */
export function readTopic<Given extends Topic>(
  topic: Given,
  environment: Environment,
  options: OptionOverrides = {},
): ValuesOf<Given> {
  const values = Object.entries(topic.variables).map(([key, variable]) => {
    const { text, sourceName } = settingOf(variable, environment, options);
    return [key, text === undefined ? undefined : variable.read(text, sourceName)] as const;
  });
  return Object.fromEntries(values) as ValuesOf<Given>;
}

type Read<Value> = (text: string, name: string) => Value;

/** Any text. */
export const text: Read<string> = (given) => given;

/** An integer within bounds, in decimal digits. */
export function wholeNumber(min: number, max: number): Read<number> {
  return (given, name) => {
    const value = Number(given);
    if (/^\d+$/.test(given) && value >= min && value <= max) return value;
    throw new ConfigError(
      `${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(given)}.`,
    );
  };
}

/** One of the given words. */
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

/** The minimum proof that an event of a source must have to be accepted. */
export type MinimumProof = "hash" | "signed";

/** Reads a minimum proof as users write it. */
export function minimumProof(given: string): MinimumProof {
  if (given === "hash" || given === "signed") return given;
  const advice =
    given === "receipt"
      ? " A receipt covers only the record, and is public: anyone can copy it into an event of their own."
      : "";
  throw new ConfigError(
    `The minimum proof must be hash (for a source that you trust) or signed (for all others), ` +
      `not ${JSON.stringify(given)}.${advice}`,
  );
}

/** A PostgreSQL address. Errors never repeat it: it may contain a password. */
export const databaseUrl: Read<string> = (given, name) => {
  if (isDatabaseUrl(given)) return given;
  throw new ConfigError(
    `${name} must be an address that begins with postgres:// or postgresql://${passwordHint}.`,
  );
};

/** PostgreSQL addresses, separated by commas or spaces. Errors never repeat them. */
export const databaseUrls: Read<readonly string[]> = (given, name) => {
  const urls = list(given, name);
  if (urls.every(isDatabaseUrl)) return urls;
  throw new ConfigError(
    `${name} must be addresses that begin with postgres:// or postgresql://, separated by commas${passwordHint}.`,
  );
};

const passwordHint = ". In a name or password, write / as %2F, ? as %3F, # as %23, and a comma as %2C";

/**
 * Whether an address can be parsed, and only as intended: an unescaped `/`, `?` or `#` in a password would end the host
 * early, and the rest would be shown as a database name. The driver accepts such an address without a host.
 */
function isDatabaseUrl(given: string): boolean {
  const whole = given.replace("@/", "@localhost/");
  if (!/^postgres(?:ql)?:\/\//.test(given) || !URL.canParse(whole)) return false;
  const { pathname, searchParams, hash } = new URL(whole);
  return hash === "" && !pathname.includes("@") && ![...searchParams.keys()].some((key) => key.includes("@"));
}

/** The address without its password, wherever in the address that is. */
export function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return "***";
  const shown = new URL(url);
  if (shown.password !== "") shown.password = "***";
  for (const name of [...shown.searchParams.keys()]) {
    if (/pass|secret|token|key/i.test(name)) shown.searchParams.set(name, "***");
  }
  return shown.href;
}
