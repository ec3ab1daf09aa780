import type { QueryLimits } from "../api/limits/query-limits.ts";
import { documents } from "./documents.ts";
import { type ExportSettings, exportSettings, exports } from "./exports.ts";
import { type GraphqlConfig, graphql, graphqlConfig } from "./graphql.ts";
import { checkAnswerFits, queryLimits, requestLimits } from "./limits.ts";
import { operations } from "./operations.ts";
import { service } from "./service.ts";
import { type SubmissionSettings, submissionSettings, submissions } from "./submissions.ts";
import { tracing } from "./tracing.ts";
import { type Environment, type GivenOptions, readTopic, type Topic, type ValuesOf } from "./variable.ts";

export { ConfigError } from "./config-error.ts";
export type { ExportSettings } from "./exports.ts";
export type { GraphqlConfig } from "./graphql.ts";
export type { ListenAddress } from "./operations.ts";
export type { SubmissionSettings } from "./submissions.ts";
export type { BearerToken } from "./tokens.ts";
export type { TracingConfig } from "./tracing.ts";
export { minimumProof as readMinimumProof } from "./values.ts";
export type { GivenOptions } from "./variable.ts";

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
