// graphql-yoga as it comes, with a schema of one field: how fast anything over its HTTP layer can be.
import { createSchema, createYoga } from "graphql-yoga";
import { listen } from "./listen.ts";

listen(
  createYoga({
    schema: createSchema({
      typeDefs: "type Query { hello: String! }",
      resolvers: { Query: { hello: () => "world" } },
    }),
    graphiql: false,
    landingPage: false,
    logging: false,
  }),
);
