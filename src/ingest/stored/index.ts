export { answersFrom } from "./answers.ts";
export { keptMergesOf } from "./kept-merges.ts";
export { groupByPaper, readStored, type WantedEvents } from "./stored-papers.ts";
