export { type AuthorName, parseAuthors, parseName } from "./parse-authors.ts";
