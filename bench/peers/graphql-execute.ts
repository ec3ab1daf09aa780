// graphql-js behind node:http, each document parsed once: the upper limit of servers on graphql-js.
import { buildSchema, type DocumentNode, execute, parse } from "graphql";
import { listen, readBody } from "./listen.ts";

const schema = buildSchema("type Query { hello: String! }");
const documents = new Map<string, DocumentNode>();

listen(async (request, response) => {
  const { query } = JSON.parse(await readBody(request)) as { query: string };
  let document = documents.get(query);
  if (document === undefined) {
    document = parse(query);
    documents.set(query, document);
  }
  const result = await execute({ schema, document, rootValue: { hello: "world" } });
  const body = JSON.stringify(result);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
});
