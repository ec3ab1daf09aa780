import { type Command, Option } from "commander";
import { bibliographyText, type CitablePaper } from "../../export/index.ts";
import { parseWorkName } from "../../protocol/index.ts";
import { terminalText } from "../output/terminal.ts";
import { otherVersions, type StoredVersions, unknownRef, urlOption, withReader } from "./read-command.ts";
import type { Reader } from "./reader.ts";

const styles = { bibtex: "bibtex", ris: "ris", csl: "csl-json" } as const;

type Options = { readonly url?: string; readonly style: keyof typeof styles };

export function addCiteCommand(program: Command): void {
  program
    .command("cite")
    .description("print the citation of papers and works: BibTeX, RIS or CSL-JSON")
    .argument("<refs...>", "papers, or works that are only cited: arXiv ids, DOIs, Pith numbers, URLs")
    .addOption(new Option("--style <style>", "the format").choices(Object.keys(styles)).default("bibtex"))
    .addOption(urlOption())
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph cite 2302.12192
  $ pith-graph cite 2302.12192 hep-th/9711200 --style ris > papers.ris

Entries have the order of the refs. \`pith-graph export bibliography\` writes a category, or all papers.
Exit status: 1 if a ref matches nothing; nothing is printed then.`,
    )
    .action((refs: readonly string[], options: Options) => runCite(refs, options));
}

const query = /* GraphQL */ `
  query Cite($ref: String!) {
    paper(ref: $ref) {
      pithNumber
      title
      authors
      submittedAt
      primaryCategory
      source { kind identifier version }
      aliases { kind value }
    }
    work(ref: $ref) { arxivId doi title year papers { pithNumber source { kind identifier version } } }
  }
`;

type Answer = {
  readonly paper: {
    readonly pithNumber: string;
    readonly title: string | null;
    readonly authors: readonly string[];
    readonly submittedAt: string;
    readonly primaryCategory: string | null;
    readonly source: StoredVersions[number]["source"];
    readonly aliases: readonly { readonly kind: string; readonly value: string }[];
  } | null;
  readonly work: {
    readonly arxivId: string | null;
    readonly doi: string | null;
    readonly title: string | null;
    readonly year: number | null;
    readonly papers: StoredVersions;
  } | null;
};

async function runCite(refs: readonly string[], { url, style }: Options): Promise<void> {
  const papers = new Map<string, CitablePaper>();
  const find = async (reader: Reader) => {
    for (const ref of refs) {
      const paper = citablePaper(ref, await reader.execute<Answer>(query, { ref }));
      papers.set(paper.pith_number ?? paper.work, paper);
    }
  };
  await withReader(url === undefined ? {} : { url }, find, refs);
  const text = await bibliographyText(styles[style], [...papers.values()]);
  process.stdout.write(process.stdout.isTTY ? terminalText(text) : text);
}

function citablePaper(ref: string, { paper, work }: Answer): CitablePaper {
  if (paper !== null) {
    const { source } = paper;
    const [year = 0, month = 0, day = 0] = paper.submittedAt.slice(0, 10).split("-").map(Number);
    return {
      work: workKey(work) ?? paper.pithNumber,
      pith_number: paper.pithNumber,
      title: paper.title,
      authors: paper.authors,
      ...{ year, month, day },
      source_kind: source.kind,
      source_id: source.identifier,
      source_version: source.version,
      primary_category: paper.primaryCategory,
      dois: paper.aliases
        .flatMap(({ kind, value }) => {
          const name = kind === "doi" ? parseWorkName(value) : null;
          return name?.kind === "doi" ? [name.doi] : [];
        })
        .sort(),
    };
  }
  if (work === null) throw unknownRef(ref);
  const others = otherVersions(ref, work.papers);
  if (others !== null) throw others;
  const { arxivId, doi, title, year } = work;
  return {
    work: workKey(work) ?? ref,
    pith_number: null,
    title,
    authors: [],
    year,
    month: null,
    day: null,
    source_kind: arxivId === null ? null : "arxiv",
    source_id: arxivId,
    source_version: null,
    primary_category: null,
    dois: doi === null ? [] : [doi],
  };
}

/** The key that works have in exports: `arxiv:2302.12192`, `doi:10.1103/…`. */
function workKey(work: Answer["work"]): string | null {
  if (work === null) return null;
  if (work.arxivId !== null) return `arxiv:${work.arxivId}`;
  return work.doi === null ? null : `doi:${work.doi}`;
}
