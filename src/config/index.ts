import { closest } from "fastest-levenshtein";
import {
  documents,
  type ExportSettings,
  exportSettings,
  exports,
  type SubmissionSettings,
  submissionSettings,
  submissions,
} from "./documents.ts";
import { type GraphqlConfig, graphql, graphqlConfig } from "./graphql.ts";
import { checkAnswerFits, type QueryLimits, queryLimits, requestLimits } from "./limits.ts";
import { operations, service } from "./service.ts";
import { tracing } from "./tracing.ts";
import {
  type Environment,
  type GivenOptions,
  type Origin,
  readTopic,
  settingOf,
  type Topic,
  type ValuesOf,
} from "./variable.ts";

export {
  type BearerToken,
  type ExportSettings,
  noHost,
  readAllowedHost,
  type SubmissionSettings,
} from "./documents.ts";
export type { GraphqlConfig } from "./graphql.ts";
export {
  defaultQueryLimits,
  defaultUnreadBytes,
  type QueryLimits,
  unreadBytesOfConnection,
} from "./limits.ts";
export type { ListenAddress } from "./service.ts";
export type { TracingConfig } from "./tracing.ts";
export type { GivenOptions } from "./variable.ts";
export { ConfigError, minimumProof as readMinimumProof } from "./variable.ts";

/** Every variable there is, in the order of docs/configuration.md. */
export const topics: readonly Topic[] = [
  service,
  documents,
  submissions,
  exports,
  graphql,
  queryLimits,
  requestLimits,
  operations,
  tracing,
];

/** What the environment settles. Secrets and trust come from here, never from documents. */
export type Config = Omit<ValuesOf<typeof service>, "replicaUrls"> &
  Omit<ValuesOf<typeof documents>, "allowedHosts"> &
  ValuesOf<typeof requestLimits> &
  ValuesOf<typeof operations> & {
    readonly replicaUrls: readonly string[];
    readonly allowedHosts: readonly string[];
    readonly submissions: SubmissionSettings;
    readonly exports: ExportSettings;
    readonly limits: QueryLimits;
    readonly graphql: GraphqlConfig;
    readonly tracing: ValuesOf<typeof tracing>;
  };

/**
 * Reads and checks the configuration; options of the command line, by the names of their variables, come first.
 * Throws ConfigError.
 */
export function readConfig(environment: Environment = process.env, options: GivenOptions = {}): Config {
  const read = <Given extends Topic>(topic: Given) => readTopic(topic, environment, options);
  const { allowedHosts = [], ...others } = read(documents);
  const { replicaUrls = [], ...served } = read(service);
  const limits = read(queryLimits);
  const requests = read(requestLimits);
  checkAnswerFits(limits.answerBytes, requests.unreadBytes);
  return {
    ...served,
    replicaUrls,
    ...others,
    allowedHosts,
    submissions: submissionSettings(read(submissions), others.maximumDocumentBytes),
    exports: exportSettings(read(exports)),
    graphql: graphqlConfig(read(graphql)),
    limits,
    ...requests,
    ...read(operations),
    tracing: read(tracing),
  };
}

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
  return closest(
    name,
    settingNames.filter((candidate) => candidate.startsWith("PITH_GRAPH_")),
  );
}
