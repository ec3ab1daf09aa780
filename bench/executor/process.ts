import { openDatabase } from "../../src/store/index.ts";
import { compareExecutors } from "./compare.ts";

// The process that `npm run bench -- executor` measures in: the sources as they are, as tsx would slow them down.
const [url = "", rounds, milliseconds] = process.argv.slice(2);
const database = openDatabase({ connection: { connectionString: url } });
try {
  await compareExecutors(database, { rounds: Number(rounds), milliseconds: Number(milliseconds) });
} finally {
  await database.close();
}
