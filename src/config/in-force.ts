import { closest } from "fastest-levenshtein";
import { topics } from "./index.ts";
import { type Environment, type GivenOptions, type Origin, settingOf } from "./variable.ts";

/** A variable as it is in force. */
export type SettingInForce = {
  readonly name: string;
  /** As it would stand in the environment, secrets masked; null where it is not set and nothing holds without it. */
  readonly value: string | null;
  readonly origin: Origin;
};

/** All that is in force, in the order of docs/configuration.md. Nothing is checked: `readConfig` does that. */
export function settingsInForce(environment: Environment, options: GivenOptions = {}): SettingInForce[] {
  return topics.flatMap(({ variables }) =>
    Object.values(variables).map((variable) => {
      const { text, origin } = settingOf(variable, environment, options);
      const value = text === undefined ? null : (variable.mask?.(text) ?? text);
      return { name: variable.name, value, origin };
    }),
  );
}

/** The names of all variables, in the order of docs/configuration.md. */
export const settingNames: readonly string[] = topics.flatMap(({ variables }) =>
  Object.values(variables).map(({ name }) => name),
);

/** Read by single commands, or by the compose files, which give them to the service under other names. */
const ofOthers = [
  "PITH_GRAPH_URL",
  "PITH_GRAPH_ANALYST_PASSWORD",
  "PITH_GRAPH_DB_PASSWORD",
  "PITH_GRAPH_GRAFANA_PASSWORD",
];

/**
 * Says, one a line, which variables look like ours and are none: nobody reads them, and most often a letter is wrong.
 */
export function unknownVariables(environment: Environment): string[] {
  const known = [...settingNames, ...ofOthers];
  const ours = settingNames.filter((name) => name.startsWith("PITH_GRAPH_"));
  return Object.keys(environment)
    .filter((name) => name.startsWith("PITH_GRAPH_") && !known.includes(name))
    .sort()
    .map((name) => {
      const shown = JSON.stringify(name.slice(0, 100)).slice(1, -1);
      return `${shown} is no setting of pith-graph. Did you mean ${closest(name.slice(0, 100), ours)}?`;
    });
}
