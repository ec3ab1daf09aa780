import { fillWithSample, serveDatabase } from "../../scripts/serve-database.ts";
import { createTestDatabase } from "../database.ts";

export type SampleServer = {
  /** Of the GraphQL API. */
  readonly url: string;
  close(): Promise<void>;
};

/** A real server over a database of its own with the whole sample. */
export async function startSampleServer(): Promise<SampleServer> {
  const database = await createTestDatabase();
  await fillWithSample(database);
  const server = await serveDatabase(database);
  return {
    url: `${server.origin}/graphql`,
    close: async () => {
      await server.close();
      await database.drop();
    },
  };
}
