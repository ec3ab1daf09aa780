import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parsePaperRef, parseWorkId, parseWorkName } from "../../src/protocol/index.ts";
import { type Client, createClient } from "../api/client.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper, snapshotEvent } from "../ingest/bundles.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";

/** The normalized name; null if the text is no name. */
function nameIn(text: string): string | null {
  const name = parseWorkName(text);
  if (name === null) return null;
  return name.kind === "doi" ? name.doi : `${name.id}${name.version === null ? "" : `v${name.version}`}`;
}

const sici = "10.1002/(sici)1097-0274(199909)36:1+<1::aid-ajim2>3.0.co;2-0";

const spellings: readonly (readonly [name: string, texts: readonly string[]])[] = [
  [
    sici,
    [
      "https://doi.org/10.1002/(SICI)1097-0274(199909)36:1+%3C1::AID-AJIM2%3E3.0.CO;2-0",
      "10.1002/(SICI)1097-0274(199909)36:1+<1::AID-AJIM2>3.0.CO;2-0",
      "10.1002/(SICI)1097-0274(199909)36:1+&lt;1::AID-AJIM2&gt;3.0.CO;2-0",
      "10.1002/(SICI)1097-0274(199909)36:1+&#60;1::AID-AJIM2&#x3E;3.0.CO;2-0",
      "doi:10.1002/(SICI)1097-0274(199909)36:1+%253C1::AID-AJIM2%253E3.0.CO;2-0.",
      "(10.1002/(SICI)1097-0274(199909)36:1+<1::AID-AJIM2>3.0.CO;2-0)",
      String.raw`10.1002/(SICI)1097-0274(199909)36:1+\<1::AID-AJIM2\>3.0.CO;2-0`,
      String.raw`10.1002/\(SICI\)1097-0274\(199909\)36:1+$<$1::AID-AJIM2$>$3.0.CO;2-0`,
      String.raw`10.1002/(SICI)1097-0274(199909)36:1+{\textless}1::AID-AJIM2{\textgreater}3.0.CO;2-0`,
    ],
  ],
  [
    "10.1521/3978(1999)47:1/3<1::aid>3.0.co;2-#",
    ["https://doi.org/10.1521/3978(1999)47:1/3<1::AID>3.0.CO;2-#"],
  ],
  [
    "10.1016/j.cageo.2015.09.015",
    [
      "10.1016%2Fj.cageo.2015.09.015",
      "10.1016/j.cageo.2015.09.015",
      "https%3A%2F%2Fdoi.org%2F10.1016%2Fj.cageo.2015.09.015",
      "https://doi.org/10.1016/J.CAGEO.2015.09.015?utm_source=x#abstract",
      "http://dx.doi.org/10.1016/j.cageo.2015.09.015",
      "doi.org/10.1016/j.cageo.2015.09.015",
      "//www.doi.org/10.1016/j.cageo.2015.09.015",
      "https://doi-org.proxy.example.edu/10.1016/j.cageo.2015.09.015",
      "DOI: 10.1016/j.cageo.2015.09.015",
      "doi 10.1016/j.cageo.2015.09.015",
      "info:doi/10.1016/j.cageo.2015.09.015",
      "urn:doi:10.1016/j.cageo.2015.09.015",
      "doi:https://doi.org/10.1016/j.cageo.2015.09.015",
      "https://doi.org/doi:10.1016/j.cageo.2015.09.015",
      "\\url{https://doi.org/10.1016/j.cageo.2015.09.015}",
      "<https://doi.org/10.1016/j.cageo.2015.09.015>",
      "“10.1016/j.cageo.2015.09.015”",
      "10.1016/j.cageo.\u00ad2015.09.\u200b015",
      "\ufeff10.1016/\u00a0j.cageo.2015.09.015\u00a0",
      "10.1016/ j.cageo.2015.09.015 [physics]",
      "https://linkinghub.example.com/article/10.1016/j.cageo.2015.09.015/pdf",
    ],
  ],
  [
    "10.1371/journal.pone.0001",
    [
      "https://journals.plos.org/plosone/article?id=10.1371%2Fjournal.pone.0001",
      "[Online]. Available: https://doi.org/10.1371/journal.pone.0001",
      "https:// doi.org/ 10.1371/journal.pone.0001",
      "http//dx.doi.org/10.1371/journal.pone.0001",
      "Digital Object Identifier: 10.1371/journal.pone.0001",
      "\\href{https://doi.org/10.1371/journal.pone.0001}{10.1371/journal.pone.0001}",
      "doi = {10.1371/journal.pone.0001}",
      "[10.1371/journal.pone.0001](https://doi.org/10.1371/journal.pone.0001)",
      '<a href="https://doi.org/10.1371/journal.pone.0001">here</a>',
      "10.1371/journal.pone.0001, 2006",
      "10.1371/journal.pone.0001. PMID: 17183631",
      "10.1371/journal.pone.0001 [arXiv:2302.12192]",
      "10.1371/journal.pone.0001[arXiv:2302.12192]",
      "10.1371/journal.pone.0001 (accessed 3 May 2020)",
    ],
  ],
  [
    "10.1007/978-3-319-1_5",
    [
      "10.1007/978-3-319-1$\\_$5",
      "10.1007/978-3-319-1{\\textunderscore}5",
      "10.1007/978-3-319-1\\textunderscore 5",
    ],
  ],
  ["10.1007/978-3-319-1_5", ["10.1007/978-3-319-1\\_5", "10.1007/978\u20103\u2011319\u20131{\\_}5"]],
  [
    "2302.12192v1",
    [
      "arXiv:2302.12192v1 [cs.LG] 23 Feb 2023",
      "arXiv:2302.12192v1  [cs.LG]  23 Feb 2023",
      "arXiv:2302.12192v1 [cs.LG, cs.AI], 23 Feb 2023",
      "arXiv:2302.12192v1[cs.LG]",
      "https://arxiv.org/pdf/2302.12192v1.pdf?download=1#page=3",
      "10.48550/arXiv.2302.12192v1",
      "arXiv:2302.12192v1 [cs.LG] February 23, 2023",
      "arXiv:2302.12192v1 [cs.LG] 2023-02-23",
      "https://arxiv.org/html/2302.12192v1#S2",
      "arXiv:2302.12192, v1",
      "arXiv:2302.12192 (v1)",
      "arXiv:2302.12192 version 1",
      "arxiv.org/abs/2302.12192v1, accessed 3 May 2023",
    ],
  ],
  [
    "2302.12192",
    [
      "arXiv:2302.12192 [cs.LG]",
      "arXiv:2302.12192 (cs.LG)",
      "arXiv preprint arXiv:2302.12192 (2023)",
      "CoRR abs/2302.12192",
      "eprint: 2302.12192, 2023",
      "[2302.12192]",
      "(arXiv:2302.12192).",
      "2302.12192 [cs]",
      "arXiv e-prints 2302.12192",
      "arXiv e-prints, arXiv:2302.12192",
      "arXiv e-prints, p. arXiv:2302.12192",
      "Preprint at https://arxiv.org/abs/2302.12192 (2023).",
      "CoRR, abs/2302.12192, 2023",
      "arXiv:2302.12192. 2023",
      "arXiv paper 2302.12192",
      "arXiv:2302.\n12192",
      "arXiv:2302.12192†",
      "arXiv：2302.12192。",
    ],
  ],
  ["cond-mat/0303516v1", ["cond-mat/0303516v1 [cond-mat.str-el] 26 Mar 2003"]],
  [
    "2302.12192",
    [
      "https://arxiv.org/abs/2302.12192?context=cs.LG",
      "https://arxiv.org/abs/2302.12192/",
      "arxiv.org/abs/2302.12192",
      "www.arxiv.org/pdf/2302.12192.pdf",
      "http://export.arxiv.org/abs/2302.12192#section",
      "HTTPS://ARXIV.ORG/html/2302.12192/",
      "https://ar5iv.labs.arxiv.org/html/2302.12192",
      "https://arxiv.org/abs/arXiv:2302.12192",
      "arXiv:https://arxiv.org/abs/2302.12192",
      "arXiv.2302.12192",
      "ARXIV 2302.12192",
      "ar\u00adXiv:\u00a02302.\u200b12192",
      "\uff12\uff13\uff10\uff12\uff0e\uff11\uff12\uff11\uff19\uff12",
      "https://doi.org/10.48550%2FarXiv.2302.12192",
      "arXiv:10.48550/arXiv.2302.12192",
      "https://www.alphaxiv.org/overview/2302.12192",
      "https://huggingface.co/papers/2302.12192",
      "https://www.semanticscholar.org/arxiv/2302.12192",
      "https://api.semanticscholar.org/arXiv:2302.12192",
      "https://ui.adsabs.harvard.edu/abs/arXiv:2302.12192",
      "https://ui.adsabs.harvard.edu/abs/2023arXiv230212192K/abstract",
      "https://dblp.org/rec/journals/corr/abs-2302-12192",
      "https://arxiv.org/ftp/arxiv/papers/2302/2302.12192.pdf",
      "arXiv (2302.12192)",
      "arXiv{2302.12192}",
      "\\eprint{2302.12192}",
      "\\href{https://arxiv.org/abs/2302.12192}{arXiv:2302.12192}",
      "[2302.12192](https://arxiv.org/abs/2302.12192)",
      "arXiv:~2302.12192",
      "arXiv; 2302.12192",
    ],
  ],
  [
    "hep-th/9711200",
    [
      "https://arxiv.org/abs/hep-th%2F9711200",
      "hep\u2013th/9711200",
      "HEP-TH/9711200",
      "hep-th9711200",
      "hep-th-9711200",
      "hep-th:9711200",
      "hep_th/9711200",
      "hepth/9711200",
      "HEPTH 9711200",
      "https://arxiv.org/ftp/hep-th/papers/9711/9711200.pdf",
      "oai:arXiv.org:hep-th/9711200",
      "http://xxx.lanl.gov/abs/hep-th/9711200",
      "10.48550/arXiv.hep-th/9711200",
    ],
  ],
  [
    "math/0309136",
    ["math.GT/0309136", "math-GT/0309136", "arXiv:math.GT/0309136", "https://arxiv.org/abs/math.GT/0309136"],
  ],
  ["1601.07616v1", ["1601.07616V1", "arXiv:1601.07616V1"]],
  ["1601.07616", ["hep-th/1601.07616", "arXiv:hep-th/1601.07616", "cs.LG/1601.07616"]],
  [
    "10.1103/physrevd.55.5112",
    ["", ".", ",", ")", ";", "];", ".”", "…", ") ", ",\n", "。", "、", "」", "›", "†", "~"].map(
      (end) => `10.1103/PhysRevD.55.5112${end}`,
    ),
  ],
  ["10.1016/0550-3213(94)90123-(x)", ["10.1016/0550-3213(94)90123-(X)", "10.1016/0550-3213(94)90123-(X))."]],
  ["10.1000/abc/", ["10.1000/abc/", "https://doi.org/10.1000/ABC/", "10.1000/abc/,"]],
];

describe("parseWorkName", () => {
  /** @input I2, I4, I5, I12 */
  it.each(spellings)("reads all spellings of %s", (name, texts) => {
    expect(texts.map((text) => [text, nameIn(text)])).toEqual(texts.map((text) => [text, name]));
  });

  const placeholders = [
    "N/A",
    "n/a",
    "none",
    "-",
    "–",
    "unknown",
    "arXiv",
    "arXiv:",
    "10.",
    "10.1000/",
    "10.1000/.",
    "doi:",
  ];
  const others = ["", " ", "null", "TBD", "?", "0000.00000", "math/0000000", "2302.121923", "2302.12192v0"];
  /** @input I14 */
  it.each([
    ...placeholders,
    ...others,
    "10.1000/a b",
    "10.1000/a, 10.1000/b",
    "see 10.1000/a",
    "2302.12192 Aligning",
    "xyz/9711200",
    "page/1234567",
    "hep-th/971120",
    "hep-th/97112000",
    "viXra:2302.0192",
    "bioRxiv 2302.12192",
    "vol 2302.12192",
    "p. 2302.12192",
    "2302:12192",
    "https://arxiv.org.example.com/abs/2302.12192",
    "https://scholar.google.com/scholar?q=10.1371/journal.pone.0001",
    "arXiv:2302.12192, arXiv:2302.12193",
  ])("reads no identifier from %j", (text) => {
    expect(nameIn(text)).toBeNull();
  });

  /** @input I14 */
  it.each([
    "N/A",
    "none",
    "-",
    "unknown",
    "0",
    "00000000-0000-0000-0000-000000000000",
    "#N/A",
    "<NA>",
    "(none)",
    "n\\a",
    "-1",
    "xxx",
    "[]",
    "{}",
    "not_available",
    "NULL.",
    "false",
    "pending",
    "forthcoming",
    "unpublished",
    "—",
    "…",
  ])("parseWorkId returns null for the placeholder %j", (text) => {
    expect(parseWorkId(text)).toBeNull();
  });

  const uuid = "0b5ad6a5-71cb-4a4f-9a0b-2f2a0f3c9d11";
  it.each([uuid, uuid.toUpperCase(), `urn:uuid:${uuid}`, `{${uuid}}`, ` ${uuid} `])(
    "parseWorkId normalizes the UUID %j",
    (text) => {
      expect(parseWorkId(text)).toBe(uuid);
    },
  );

  it("reads a normalized name unchanged", () => {
    for (const [name] of spellings) expect(nameIn(name)).toBe(name);
  });

  it.each([
    "pith:ROU4N4IR",
    "(pith:ROU4N4IR).",
    "pith:\u200bROU4N4IR",
    "http://127.0.0.1:4000/paper/pith:ROU4N4IR",
    "https://pith.science/pith/ROU4N4IR/bundle.json?x#y",
  ])("parsePaperRef reads %j as a Pith number", (text) => {
    expect(parsePaperRef(text)).toEqual({ kind: "pith", suffix: "ROU4N4IR", year: null });
  });
});

describe("identifiers in references and queries", () => {
  let database: TestDatabase;
  let client: Client;
  let nth = 0;

  const citing = (reference: object) => {
    nth++;
    return bundleOfPaper({ arxivId: `2301.${String(nth).padStart(5, "0")}` }, (paper) => [
      snapshotEvent(paper, { references: [{ title: `another ${nth}`, ...reference }] }),
    ]);
  };
  const workOf = async (ref: string) => {
    const source =
      "query ($ref: String!) { work(ref: $ref) { arxivId doi citedByCount papers { source { identifier } } } }";
    return (await client.ask<{ work: Record<string, unknown> | null }>(source, { ref })).work;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    client = createClient(database);
  });
  afterAll(() => database.drop());

  /** @input I2, I4, I5, I12 */
  it.each(spellings.filter(([name]) => name !== "1601.07616v1" && !/^2302.*v1$/.test(name)))(
    "join all spellings of %s to one work, in either member",
    async (name, texts) => {
      const before = ((await workOf(name))?.["citedByCount"] as number | undefined) ?? 0;
      const bundles = texts.flatMap((text) => [citing({ doi: text }), citing({ cited_arxiv_id: text })]);
      expect((await ingestDocuments(database, bundles)).rejected).toEqual(new Map());
      const work = await workOf(name);
      expect(work).toMatchObject({ citedByCount: before + 2 * texts.length });
      for (const text of texts) expect([text, await workOf(text)]).toEqual([text, work]);
    },
  );

  /** @input I4 */
  it("accept an arXiv stamp, in a reference and in paper(ref:)", async () => {
    await ingestDocuments(database, [
      bundleOfPaper({ arxivId: "2302.99999" }, (paper) => [
        snapshotEvent(paper, { paper: { title: "Stamped" } }),
      ]),
      citing({ cited_arxiv_id: "arXiv:2302.99999v1 [cs.LG] 28 Feb 2023" }),
    ]);
    const source = "query ($ref: String!) { paper(ref: $ref) { title work { citedByCount } } }";
    const wanted = { paper: { title: "Stamped", work: { citedByCount: 1 } } };
    for (const ref of ["arXiv:2302.99999v1 [cs.LG] 28 Feb 2023", "arXiv:2302.99999 [cs.LG]"]) {
      expect(await client.ask(source, { ref })).toEqual(wanted);
    }
  });

  /** @input I5 */
  it.each([
    ["1601.07616", ["1601.07616V1", "hep-th/1601.07616", "https://arxiv.org/pdf/1601.07616V1.pdf"]],
    ["2303.99999", ["https://arxiv.org/abs/2303.99999?context=cs.LG", "https://arxiv.org/abs/2303.99999/"]],
    ["2304.99999", ["arxiv.org/abs/2304.99999", "HTTP://WWW.ARXIV.ORG/abs/2304.99999v1#x"]],
    ["hep-th/9711299", ["https://arxiv.org/abs/hep-th%2F9711299", "hep-th-9711299"]],
  ])(
    "find the paper %s by its spellings in paper(ref:), and count references by them",
    async (arxivId, texts) => {
      await ingestDocuments(database, [
        bundleOfPaper({ arxivId }, (paper) => [snapshotEvent(paper, { paper: { title: arxivId } })]),
        ...texts.map((text) => citing({ cited_arxiv_id: text })),
      ]);
      const before = ((await workOf(arxivId))?.["citedByCount"] as number) - texts.length;
      const source = "query ($ref: String!) { paper(ref: $ref) { title work { citedByCount } } }";
      const wanted = { paper: { title: arxivId, work: { citedByCount: before + texts.length } } };
      for (const ref of texts) expect([ref, await client.ask(source, { ref })]).toEqual([ref, wanted]);
    },
  );

  /** @input I14 */
  it.each(["N/A", "none", "-", "unknown", "10.", "arXiv"])(
    "keep two references with the placeholder %j as two works",
    async (text) => {
      const before = await client.ask<{ status: { works: number } }>("{ status { works } }");
      await ingestDocuments(
        database,
        ["cited_arxiv_id", "doi", "work_id"].flatMap((member) => [
          citing({ [member]: text }),
          citing({ [member]: text }),
        ]),
      );
      const after = await client.ask<{ status: { works: number } }>("{ status { works } }");
      // Six citing papers, and a separate work for each of their references.
      expect(after.status.works - before.status.works).toBe(12);
    },
  );
});
