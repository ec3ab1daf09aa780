import { type SampleServer, serveSample } from "../../scripts/api-docs/serve-sample.ts";
import { createTestDatabase } from "../database.ts";

/** A real server over a database of its own with the whole sample. */
export async function startSampleServer(): Promise<SampleServer> {
  const database = await createTestDatabase();
  const server = await serveSample(database);
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await database.drop();
    },
  };
}
