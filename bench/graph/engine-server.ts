// An engine behind a bare node:http server. Its argument is an EngineSite as JSON. `POST` takes a question as JSON.
import { listen, readBody } from "../peers/listen.ts";
import type { EngineName, Site } from "./engine.ts";
import { openers } from "./openers.ts";
import type { Question } from "./questions.ts";

export type EngineSite = { readonly name: EngineName; readonly site: Site };

const { name, site } = JSON.parse(process.argv[2] ?? "") as EngineSite;
const engine = await (await openers[name]())(site);
listen(async (request, response) => {
  const question = JSON.parse(await readBody(request)) as Question;
  const answer = engine.read(question, (await engine.ask(question)) as never);
  const body = JSON.stringify({ data: answer });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
});
process.on("SIGTERM", () => process.exit());
