// graphql-yoga with its defaults and a schema of one field: the upper limit of servers on its HTTP layer.
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
