export { answerGraphiql, answerGraphiqlFile, graphiqlFilePattern } from "./handlers.ts";
