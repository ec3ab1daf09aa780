/** One variable of the environment, declared once: how it is read, and what docs/configuration.md says of it. */
export type Variable<Value> = {
  readonly name: string;
  /** What holds where it is not set, as it would stand in the environment; absent where nothing does. */
  readonly usual?: string;
  /** For docs/configuration.md, in Markdown. */
  readonly meaning: string;
  /** The option of `serve`, `start` and `config` that comes before it. */
  readonly option?: string;
  /** Throws ConfigError, with `name` in its message. */
  readonly read: (text: string, name: string) => Value;
  /** What may be shown of a value that holds secrets. */
  readonly mask?: (text: string) => string;
};

/** Variables under one heading of docs/configuration.md, by the names that the program has for them. */
export type Topic = {
  readonly title: string;
  readonly variables: Readonly<Record<string, Variable<unknown>>>;
};

type ValueOf<Declared> =
  Declared extends Variable<infer Value>
    ? Declared extends { readonly usual: string }
      ? Value
      : Value | undefined
    : never;

/** What a topic's variables say: undefined where one is not set and nothing holds without it. */
export type ValuesOf<Given extends Topic> = {
  readonly [Name in keyof Given["variables"]]: ValueOf<Given["variables"][Name]>;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Values of options of the command line, by the variables that they come before. */
export type GivenOptions = Readonly<Record<string, string | undefined>>;

/** Where a value comes from. */
export type Origin = "option" | "environment" | "default" | "not set";

/** Finds what is in force of a variable, as text. An empty variable is one that is not set. */
export function settingOf(
  { name, usual, option }: Variable<unknown>,
  environment: Environment,
  options: GivenOptions,
): { readonly text: string | undefined; readonly origin: Origin; readonly saidBy: string } {
  const given = option === undefined ? undefined : options[name];
  if (given !== undefined) return { text: given.trim(), origin: "option", saidBy: option as string };
  const set = environment[name]?.trim() || undefined;
  if (set !== undefined) return { text: set, origin: "environment", saidBy: name };
  return { text: usual, origin: usual === undefined ? "not set" : "default", saidBy: name };
}

/** Reads a topic's variables. Throws ConfigError, which names the variable or the option that is wrong. */
export function readTopic<Given extends Topic>(
  topic: Given,
  environment: Environment,
  options: GivenOptions = {},
): ValuesOf<Given> {
  const values = Object.entries(topic.variables).map(([key, variable]) => {
    const { text, saidBy } = settingOf(variable, environment, options);
    return [key, text === undefined ? undefined : variable.read(text, saidBy)] as const;
  });
  return Object.fromEntries(values) as ValuesOf<Given>;
}
