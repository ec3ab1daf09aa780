import type { ExecutionResult, GraphQLError } from "graphql";
import { JsonText, stringifyResult } from "../../api/index.ts";
import type { JsonType } from "../http/index.ts";
import { unavailableHttp } from "../responses.ts";

/** `extensions.http` of an error: the answer's HTTP form, hidden from clients. */
type Http = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the status applies to `application/graphql-response+json` only: older clients expect 200. */
  readonly spec?: boolean;
};

type Head = { readonly status: number; readonly headers: Readonly<Record<string, string>> };

/**
 * The status of an answer and the headers of its errors: the highest status that an error requests, else 200.
 *
 * If the service is unavailable and no field has a value, HTTP reports it as well: 503, with the time to retry. If some
 * fields were answered, they stay, with 200, as both media types of GraphQL require.
 */
export function headOf({ errors = [], data }: ExecutionResult, type: JsonType | "text/event-stream"): Head {
  if (isUnavailable({ errors }) && isEmpty(data)) return unavailableHttp;
  let status = 0;
  const headers = {};
  for (const { extensions } of errors) {
    const http = extensions["http"] as Http | undefined;
    if (http === undefined) continue;
    Object.assign(headers, http.headers);
    if (http.spec && type !== "application/graphql-response+json") continue;
    status = Math.max(status, http.status ?? 0);
  }
  return { status: status || 200, headers };
}

/** The JSON of a result, with the exact number texts of JSON scalars. */
export function textOf(result: ExecutionResult): string {
  if (result.errors === undefined) return stringifyResult(result);
  const errors = result.errors.map(withoutInternals);
  if (!isUnavailable(result) || !isEmpty(result.data)) return stringifyResult({ ...result, errors });
  const { data: _empty, ...others } = result;
  return stringifyResult({ ...others, errors });
}

function withoutInternals(error: GraphQLError): object {
  const { http: _http, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}

/** Whether the service is unavailable because its database is down. */
export function isUnavailable({ errors }: Pick<ExecutionResult, "errors">): boolean {
  return errors?.some(({ extensions }) => extensions["code"] === "UNAVAILABLE") ?? false;
}

/** An object without a value. Of a large one, only the first member is read. */
const onlyNulls = /^(?:null|\{(?:"[^"]*":null,?)*\})$/;

/** Whether none of the root's fields has a value. */
function isEmpty(data: unknown): boolean {
  if (data instanceof JsonText) return onlyNulls.test(data.text);
  return Object.values(data ?? {}).every((value) => value === null);
}
