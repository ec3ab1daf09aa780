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
  return Object.keys(environment)
    .filter((name) => name.startsWith("PITH_GRAPH_") && !known.includes(name))
    .sort()
    .map((name) => {
      const shown = JSON.stringify(name.slice(0, 100)).slice(1, -1);
      return `${shown} is no setting of pith-graph. Did you mean ${nearest(name.slice(0, 100))}?`;
    });
}

function nearest(name: string): string {
  const ours = settingNames.filter((candidate) => candidate.startsWith("PITH_GRAPH_"));
  return ours.reduce((best, candidate) =>
    distance(candidate, name) < distance(best, name) ? candidate : best,
  );
}

/** Levenshtein's: how many letters must be put in, left out or changed to make one of the other. */
function distance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...one].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= other.length; column++) {
      const changed = (above[column - 1] as number) + Number(letter !== other[column - 1]);
      current.push(Math.min(changed, (above[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    above = current;
  }
  return above[other.length] as number;
}
