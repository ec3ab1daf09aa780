import { closest } from "fastest-levenshtein";
import {
  documents,
  type ExportSettings,
  exportSettings,
  exports,
  type SubmissionSettings,
  submissionSettings,
  submissionVariables,
} from "./documents.ts";
import { type GraphqlConfig, graphql, graphqlConfig } from "./graphql.ts";
import { checkAnswerFits, type QueryLimits, queryLimits, requestLimits } from "./limits.ts";
import { operationVariables, service } from "./service.ts";
import { tracing } from "./tracing.ts";
import {
  type Environment,
  type OptionOverrides,
  type Origin,
  readTopic,
  settingOf,
  type Topic,
  type ValuesOf,
} from "./variable.ts";

export {
  type BearerToken,
  type ExportSettings,
  invalidHostMessage,
  normalizeHost,
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
export type { OptionOverrides } from "./variable.ts";
export { ConfigError, minimumProof as readMinimumProof } from "./variable.ts";

/** All variables, in the order of docs/configuration.md. */
export const topics: readonly Topic[] = [
  service,
  documents,
  submissionVariables,
  exports,
  graphql,
  queryLimits,
  requestLimits,
  operationVariables,
  tracing,
];

/** The configuration read from the environment. Secrets and trust come from here, never from documents. */
export type Config = Omit<ValuesOf<typeof service>, "replicaUrls"> &
  Omit<ValuesOf<typeof documents>, "allowedHosts"> &
  ValuesOf<typeof requestLimits> &
  ValuesOf<typeof operationVariables> & {
    readonly replicaUrls: readonly string[];
    readonly allowedHosts: readonly string[];
    readonly submissions: SubmissionSettings;
    readonly exports: ExportSettings;
    readonly limits: QueryLimits;
    readonly graphql: GraphqlConfig;
    readonly tracing: ValuesOf<typeof tracing>;
  };

/**
 * Reads and validates the configuration. Command-line options, keyed by variable name, override the environment. Throws
 * ConfigError.
 */
export function readConfig(environment: Environment = process.env, options: OptionOverrides = {}): Config {
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
    submissions: submissionSettings(read(submissionVariables), others.maximumDocumentBytes),
    exports: exportSettings(read(exports)),
    graphql: graphqlConfig(read(graphql)),
    limits,
    ...requests,
    ...read(operationVariables),
    tracing: read(tracing),
  };
}

/** The effective value of a variable. */
export type EffectiveSetting = {
  readonly name: string;
  /** As it would be written in the environment, with secrets masked; null if it is not set and has no default. */
  readonly value: string | null;
  readonly origin: Origin;
};

/** All effective values, in the order of docs/configuration.md. Not validated: `readConfig` does that. */
export function effectiveSettings(
  environment: Environment,
  options: OptionOverrides = {},
): EffectiveSetting[] {
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

/** Read by single commands, or by the compose files, which pass them to the service under other names. */
const otherVariables = [
  "PITH_GRAPH_URL",
  "PITH_GRAPH_BEARER_TOKEN",
  "PITH_GRAPH_ANALYST_PASSWORD",
  "PITH_GRAPH_DB_PASSWORD",
  "PITH_GRAPH_GRAFANA_PASSWORD",
];

/** Warnings, one for each `PITH_GRAPH_` variable that does not exist: it has no effect, and is usually a typo. */
export function unknownVariables(environment: Environment): string[] {
  const known = [...settingNames, ...otherVariables];
  return Object.keys(environment)
    .filter((name) => name.startsWith("PITH_GRAPH_") && !known.includes(name))
    .sort()
    .map((name) => {
      const shown = JSON.stringify(name.slice(0, 100)).slice(1, -1);
      return `${shown} is not a setting of pith-graph. Did you mean ${nearest(name.slice(0, 100))}?`;
    });
}

function nearest(name: string): string {
  return closest(
    name,
    settingNames.filter((candidate) => candidate.startsWith("PITH_GRAPH_")),
  );
}
