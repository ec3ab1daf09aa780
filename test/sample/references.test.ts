import { expect, test } from "vitest";
import { yearOfReference } from "../../scripts/sample/year-of-reference.ts";
import { referenceItem, type SampleReference, uuidFromName } from "../../src/sample/sample-paper.ts";

const bare: SampleReference = {
  text: "Somebody, 1999.",
  arxivId: "",
  doi: "",
  openAlexId: "",
  year: 1999,
};
const item = (reference: Partial<SampleReference>, stored = "") =>
  referenceItem({ ...bare, ...reference }, 1, (id) => id === stored);
const workId = (reference: Partial<SampleReference>) => item(reference).work_id;

test("uuidOfName computes the example of version 5 in RFC 9562, A.4", () => {
  const dns = Buffer.from("6ba7b8109dad11d180b400c04fd430c8", "hex");
  expect(uuidFromName(dns, "www.example.com")).toBe("2ed6657d-e927-568b-95e1-2665a8aea6a2");
});

test("one identifier has one work id in every spelling", () => {
  expect(workId({ arxivId: "1708.03528v4" })).toBe(
    workId({ arxivId: "1708.03528", doi: "10.1/x", text: "?" }),
  );
  expect(workId({ doi: "10.1103/PhysRevD.1.1" })).toBe(
    workId({ doi: "10.1103/physrevd.1.1", openAlexId: "W1" }),
  );
  expect(workId({ openAlexId: "W1" })).toBe(workId({ openAlexId: "W1", text: "in other words" }));
  expect(workId({})).not.toBe(workId({ text: "in other words" }));
});

test("a work named by DOI in one paper and by arXiv id in another has two work ids, as in real data", () => {
  expect(workId({ doi: "10.1109/cvpr.2016.90" })).not.toBe(
    workId({ doi: "10.1109/cvpr.2016.90", arxivId: "1512.03385" }),
  );
});

test("a reference is an internal anchor if its arXiv id, or arXiv's DOI, is a paper's of the sample", () => {
  const stored = "2212.11739";
  expect(item({ arxivId: `${stored}v2` }, stored).is_internal_anchor).toBe(true);
  expect(item({ doi: `10.48550/arXiv.${stored}` }, stored).is_internal_anchor).toBe(true);
  expect(item({ arxivId: "2212.11740" }, stored).is_internal_anchor).toBe(false);
  expect(item({ text: stored }, stored).is_internal_anchor).toBe(false);
});

test.each([
  ["A. Author, J. Algebra 290 (2005), no. 1, 1–203.", 2005],
  ["Kant, I. (1781). Critik der reinen Vernunft.", 1781],
  ["T. Jones, “Title,” vol. 1, pp. 1998–2004, 2010.", 2010],
  ["B. Author, 2017b, , 605, A93", 2017],
  ["A. Bazavov et al., arXiv:1908.09552 [hep-lat].", null],
  ["Between 2003 and 2004.", null],
  ["hep-ph/9602356", null],
  ["https://code.example/posts/1977/", null],
])("reads from %j the year %j", (text, year) => {
  expect(yearOfReference(text)).toBe(year);
});
