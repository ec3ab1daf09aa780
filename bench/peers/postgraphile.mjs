// PostGraphile 5 on the plain schema, with the preset that its documentation recommends, without GraphiQL, websockets
// and watching. Started by `npm run bench -- api`, with Node.js 22 or newer.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  // Allows sorting by a column that is not the first of an index.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [
    makePgService({
      connectionString: process.env["DATABASE_URL"],
      schemas: ["plain"],
      poolConfig: { max: 10 },
    }),
  ],
  grafserv: { graphiql: false, websockets: false, watch: false },
  grafast: { explain: false },
});
const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.listen(0, "127.0.0.1", () => console.log(`listening ${server.address().port}`));
