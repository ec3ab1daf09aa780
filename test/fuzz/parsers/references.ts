import {
  arxivIdentity,
  parseArxivId,
  parseDoi,
  parsePaperRef,
  parseWorkId,
} from "../../../src/protocol/index.ts";
import { assertSame, type Target } from "./target.ts";

/** References to papers and works: reading the normalised form returns the same value. */
export const references: Target = {
  name: "references",
  seeds: () => [
    "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643",
    "https://pith.science/pith/ROU4N4IR/bundle.json?x#y",
    "arXiv:hep-th/9711200v3",
    "https://arxiv.org/abs/2302.12192v1",
    "https://doi.org/10.48550%2FarXiv.2302.12192",
    "doi:10.1000/A(b)<c>",
    "https://doi.org/10.1002/(SICI)1097-0274(199909)36:1+%3C1::AID-AJIM2%3E3.0.CO;2-0",
    "arXiv:2302.12192v1 [cs.LG] 23 Feb 2023",
    "10.1000/a&amp;lt;b&#62;\\_c\u00ad.",
    "0b5ad6a5-71cb-4a4f-9a0b-2f2a0f3c9d11",
  ],
  check(input) {
    const text = input.toString("utf8");
    const ref = parsePaperRef(text);
    if (ref !== null)
      assertSame(
        "a reference in its plain form",
        JSON.stringify(parsePaperRef(plain(ref))),
        JSON.stringify(ref),
      );
    const arxiv = parseArxivId(text);
    if (arxiv !== null) assertSame("an arXiv id", parseArxivId(arxiv.id)?.id, arxiv.id);
    const doi = parseDoi(text);
    if (doi !== null) assertSame("a DOI", parseDoi(doi), doi);
    const workId = parseWorkId(text);
    if (workId !== null) assertSame("a work id", parseWorkId(workId), workId);
    arxivIdentity(text);
  },
};

function plain(ref: NonNullable<ReturnType<typeof parsePaperRef>>): string {
  switch (ref.kind) {
    case "pith":
      return `pith:${ref.year === null ? "" : `${ref.year}:`}${ref.suffix}`;
    case "arxiv":
      return `arXiv:${ref.id}${ref.version === null ? "" : `v${ref.version}`}`;
    case "doi":
      return ref.doi;
    case "work_id":
      return ref.workId;
  }
}
