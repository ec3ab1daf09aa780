import { layOut } from "./json-layout.ts";

type Json = Parameters<typeof layOut>[0];
type Variables = Readonly<Record<string, Json>>;

/** The server's answer to a request. */
export type Answer = { readonly status: number; readonly body: Json };

/** Sends a query to the API at an address. */
export async function ask(url: string, query: string, variables: Variables | undefined): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, ...(variables === undefined ? {} : { variables }) }),
  });
  return { status: response.status, body: (await response.json()) as Json };
}

/** A query, and the optional variables below it. */
const block = /^```graphql\n([\s\S]*?)^```\n(?:\n```json variables\n([\s\S]*?)^```\n)?/gm;

/**
 * A question's text with the answer below each of its queries. A string like `"{{papers.pageInfo.endCursor}}"` in the
 * variables is replaced by the value from the previous answer's data.
 */
export async function answerQuestion(text: string, url: string): Promise<string> {
  let answered = "";
  let end = 0;
  let before: Json = null;
  for (const { index, 0: whole, 1: query = "", 2: written } of text.matchAll(block)) {
    const variables =
      written === undefined ? undefined : (JSON.parse(filledIn(written, before)) as Variables);
    const { status, body } = await ask(url, query, variables);
    before = body;
    answered += `${text.slice(end, index)}\`\`\`graphql\n${query}\`\`\`\n`;
    if (variables !== undefined) answered += `\nwith the variables\n\n${fenced(variables)}`;
    answered += `\n${status === 200 ? "" : `is answered with status ${status}:\n\n`}${fenced(body)}`;
    end = index + whole.length;
  }
  return answered + text.slice(end);
}

function filledIn(variables: string, before: Json): string {
  return variables.replace(/"\{\{([\w.]+)\}\}"/g, (_, path: string) => {
    let value: Json | undefined = before;
    for (const key of ["data", ...path.split(".")]) {
      value =
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? (value as { readonly [key: string]: Json })[key]
          : undefined;
    }
    if (typeof value !== "string") throw new Error(`The previous answer has no text at ${path}.`);
    return JSON.stringify(value);
  });
}

function fenced(value: Json): string {
  return `\`\`\`json\n${layOut(value)}\n\`\`\`\n`;
}
