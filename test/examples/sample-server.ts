import { fillWithSample, serveDatabase } from "../../scripts/serve-database.ts";
import { createTestDatabase } from "../database.ts";

export type SampleServer = {
  /** The address of the GraphQL API. */
  readonly url: string;
  close(): Promise<void>;
};

/** Starts a server on a new database with the complete sample. */
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
