import type { TadaDocumentNode } from "gql.tada";
import { print } from "graphql";

/** An error of the API. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** One of the API's codes: `BAD_USER_INPUT`, `NOT_FOUND`, `RATE_LIMITED`, … */
  readonly code: string | undefined;
  /** The path of the field; empty if the error concerns the request. */
  readonly path: readonly (string | number)[];

  constructor({ message, extensions, path }: ResponseError) {
    super(message);
    this.code = extensions?.code;
    this.path = path ?? [];
  }
}

type ResponseError = {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string };
};

/** The URL of GraphQL for a server's address, with or without `/graphql` at its end. */
export function endpointOf(address: string): string {
  return `${address.replace(/\/+$/, "").replace(/\/graphql$/, "")}/graphql`;
}

/** Sends a query to a server. The result has the query's type; errors are thrown as `ApiError`. */
export async function execute<Data, Variables>(
  address: string,
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const response = await fetch(endpointOf(address), {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: readonly ResponseError[] };
  if (errors?.[0] !== undefined) throw new ApiError(errors[0]);
  if (data === undefined) throw new Error(`The API answered ${response.status} without data.`);
  return data;
}
