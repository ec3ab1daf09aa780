import { describe, expect, it } from "vitest";
import { spreadsheetText } from "../../src/text/index.ts";
import { mergeNeighbourhoods } from "../../web/src/graph/neighbourhood.ts";
import { citationsCsv, worksCsv } from "../../web/src/graph-export/csv.ts";
import { toGraphml } from "../../web/src/graph-export/graphml.ts";
import { toSvg } from "../../web/src/graph-export/picture.ts";
import { escapeXml } from "../../web/src/graph-export/xml.ts";
import { generateGraph, neighbourhood, work } from "./neighbourhoods.ts";

const hostile = "</data><script>alert(\"1\")</script> & 'so' on,\r\n\u0000\ud800 \u202eend";
const graph = neighbourhood(
  [
    work("a", { title: hostile, authors: ["=1+1", 'B "quoted"'], year: 1999, doi: "10.1000/a,b" }),
    work("b", { title: '=HYPERLINK("http://x")', referenceCount: 0, citedByCount: 3 }),
    work("c", { title: null, ref: "10.1000/c" }),
  ],
  [
    ["a", "b"],
    ["b", "b"],
  ],
);

/** Reads RFC 4180 strictly, after a byte order mark. */
function readCsv(file: string): string[][] {
  expect(file.charCodeAt(0)).toBe(0xfeff);
  const text = file.slice(1);
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (found === null) throw new Error("Invalid CSV.");
    rows.at(-1)?.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    if (found[3] === "\r\n") rows.push([]);
  }
  expect(rows.pop()).toEqual([]);
  return rows;
}

describe("the CSV of a graph", () => {
  it("keeps texts unchanged, except for an apostrophe before formulas", () => {
    const [names = [], a, b, c] = readCsv(worksCsv(graph));
    const cells = (row: string[] | undefined) =>
      Object.fromEntries(names.map((name, at) => [name, row?.[at]]));
    expect(cells(a)).toMatchObject({
      title: hostile,
      authors: `'=1+1; B "quoted"`,
      doi: "10.1000/a,b",
      year: "1999",
    });
    expect(cells(b)).toMatchObject({
      title: `'=HYPERLINK("http://x")`,
      references: "0",
      cited_by: "3",
      year: "",
    });
    expect(cells(c)).toMatchObject({ ref: "10.1000/c", title: "" });
  });

  it("has the names of both ends of each citation", () => {
    expect(readCsv(citationsCsv(graph)).slice(1)).toEqual([
      ["a", "b", hostile, `'=HYPERLINK("http://x")`, "false"],
      ["b", "b", `'=HYPERLINK("http://x")`, `'=HYPERLINK("http://x")`, "false"],
    ]);
  });

  /** @input I30 */
  it("escapes every title as the server's CSV does", () => {
    const titles = ["=1", "+1+cmd", "@SUM(1)", "-2+3", "＝1", "a;=1", "a\n=1", "-1.5", "a=1", "\t1", "日本"];
    const works = neighbourhood(titles.map((title, index) => work(`w${index}`, { title })));
    expect(
      readCsv(worksCsv(works))
        .slice(1)
        .map(([, title]) => title),
    ).toEqual(titles.map(spreadsheetText));
  });

  it("has a row for each of 1,000 works", () => {
    expect(readCsv(worksCsv(generateGraph(1000)))).toHaveLength(1001);
  });
});

describe("the XML of a graph", () => {
  it("escapes markup and replaces characters that XML forbids", () => {
    expect(escapeXml(`<a b="c">&'`)).toBe("&lt;a b=&quot;c&quot;&gt;&amp;&apos;");
    expect(escapeXml("\u0000\u000b\ud800x\udc00\uffff")).toBe("\ufffd\ufffd\ufffdx\ufffd\ufffd");
    expect(escapeXml("𝔸\n\t")).toBe("𝔸&#10;&#9;");
  });

  it("GraphML escapes hostile titles and states whether the graph is truncated", () => {
    const text = toGraphml({ ...graph, isTruncated: true }, new Map([["a", { x: 1.5, y: -2 }]]));
    expect(text).not.toContain("<script");
    expect(text).toContain(`<data key="title">${escapeXml(hostile)}</data>`);
    expect(text).toContain('<data key="x">1.5</data><data key="y">-2</data>');
    expect(text).toContain('<data key="truncated">true</data>');
    expect(text.match(/<node /g)).toHaveLength(3);
    expect(text.match(/<edge source="[ab]" target="b">/g)).toHaveLength(2);
    // Every key in use is declared.
    const declared = [...text.matchAll(/<key id="(\w+)"/g)].map(([, key]) => key);
    for (const [, key] of text.matchAll(/<data key="(\w+)"/g)) expect(declared).toContain(key);
  });

  /** @input I20 */
  it("GraphML uses the node ids of the server's export", () => {
    const id = Buffer.from('Work:doi:10.1000/a"é').toString("base64");
    const text = toGraphml(neighbourhood([work(id)], [[id, id]]), new Map());
    expect(text).toContain('<node id="doi:10.1000/a%22%C3%A9">');
    expect(text).toContain('<edge source="doi:10.1000/a%22%C3%A9" target="doi:10.1000/a%22%C3%A9">');
  });

  it("SVG draws every shape with the name of its work", () => {
    const at = { x: 10, y: 10 };
    const text = toSvg({
      width: 400,
      height: 300,
      ground: "#ffffff",
      text: "#000000",
      soft: "#555555",
      line: "#dddddd",
      title: "A <graph>",
      lines: [{ from: at, to: { x: 20, y: 30 }, colour: "#123456", width: 1 }],
      nodes: (["circle", "square", "triangle", "diamond"] as const).map((shape) => ({
        at,
        radius: 5,
        colour: "#123456",
        shape,
        name: hostile,
        label: "<b>",
        labelSide: shape === "circle" ? "left" : "right",
        ring: null,
      })),
      ticks: [{ year: 1999, text: "1999", x: 20 }],
      legend: [{ text: "cs.<LG>", colour: "#123456", shape: "circle" }],
      notes: ["More & more"],
    });
    expect(text).not.toMatch(/<script|<b>|style=/);
    expect(text.match(/<title>/g)).toHaveLength(5);
    expect(text.match(/<(?:circle|polygon) /g)).toHaveLength(5);
    expect(text.match(/text-anchor="end"/g)).toHaveLength(1);
    expect(text).toContain("cs.&lt;LG&gt;");
    expect(text).toContain("More &amp; more");
  });
});

it("mergeNeighbourhoods keeps each work once with its smallest depth, and each citation once", () => {
  const first = neighbourhood([work("a", { depth: 0 }), work("b", { depth: 2 })], [["a", "b"]]);
  const second = neighbourhood(
    [work("b", { depth: 0 }), work("c")],
    [
      ["b", "c"],
      ["a", "b"],
    ],
  );
  const { works, citations, isTruncated } = mergeNeighbourhoods([{ ...first, isTruncated: true }, second]);
  expect([...works.values()].map(({ id, depth }) => [id, depth])).toEqual([
    ["a", 0],
    ["b", 0],
    ["c", 1],
  ]);
  expect(citations).toHaveLength(2);
  expect(isTruncated).toBe(true);
});
