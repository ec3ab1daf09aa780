import { readdir, readFile } from "node:fs/promises";
import { answerQuestion } from "./answered-question.ts";

const folder = new URL("./questions/", import.meta.url);

/** The text of docs/api.md: the questions, one a file, sorted by name, with the answers of the server at `url`. */
export async function renderApiDocs(url: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".md")).sort();
  const [first = "", ...others] = await Promise.all(
    names.map((name) => readFile(new URL(name, folder), "utf8")),
  );
  const titles = others.map((text) => /^## (.*)$/m.exec(text)?.[1] ?? "");
  const contents = titles.map((title) => `- [${title}](#${anchorOf(title)})\n`).join("");
  const sections: string[] = [first.trimEnd(), contents.trimEnd()];
  for (const text of others) sections.push((await answerQuestion(text, url)).trimEnd());
  return `${sections.join("\n\n")}\n`;
}

/** GitHub's anchor of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replace(/ /g, "-");
}
