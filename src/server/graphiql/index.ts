export { answerGraphiql, graphiqlAsset } from "./routes.ts";
