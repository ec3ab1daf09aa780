import { expect, test } from "vitest";
import { fillWithExcerpt } from "./site.ts";
import { setStage } from "./stage.ts";
import { visit } from "./visit.ts";

const stage = setStage({ fill: fillWithExcerpt });

test("suggests results while typing, and opens one by keyboard", async () => {
  const { page, expectAccessible, leave } = await visit(stage.browser, stage.site.url);
  await page.getByRole("combobox", { name: "Search papers and claims" }).focus();
  // Without a pause between keys, none of which may be lost.
  await page.keyboard.type("human feedback align");
  const options = page.getByRole("listbox").getByRole("option");
  await options.first().waitFor();
  expect(await page.getByRole("combobox", { name: "Search papers and claims" }).inputValue()).toBe(
    "human feedback align",
  );
  await page.keyboard.press("ArrowDown");
  expect(await options.first().getAttribute("data-highlighted")).not.toBeNull();
  await expectAccessible();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/paper/pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643");
  await page.getByRole("heading", { name: "Aligning Text-to-Image Models using Human Feedback" }).waitFor();
  await leave();
});

test("finds a paper by its identifier, and a claim by its words on its paper's page", async () => {
  const { page, leave } = await visit(stage.browser, stage.site.url);
  const box = page.getByRole("combobox", { name: "Search papers and claims" });
  const options = page.getByRole("listbox").getByRole("option");
  await box.fill("arXiv:2302.12192");
  await options.filter({ hasText: "Aligning Text-to-Image" }).waitFor();
  expect(await options.count()).toBe(1);
  await box.fill("reward function that generalizes");
  await options.filter({ hasText: "Weakest assumption of" }).click();
  await page.waitForURL("**/paper/*#claim-C2");
  await page.locator("#claim-C2").waitFor();
  await leave();
});

test("gives results a URL, and shows them again after back and forward", async () => {
  const { page, expectAccessible, leave } = await visit(stage.browser, stage.site.url);
  const box = page.getByRole("combobox", { name: "Search papers and claims" });
  await box.fill("human feedback");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=human+feedback");
  await page.getByText("3 found for “human feedback”").waitFor();
  await expectAccessible();
  await page.goBack();
  await page.getByRole("heading", { name: "Who claims what, and can you verify it?" }).waitFor();
  await page.goForward();
  await page.getByText("3 found for “human feedback”").waitFor();
  expect(await box.inputValue()).toBe("human feedback");
  await page.reload();
  await page.getByText("3 found for “human feedback”").waitFor();
  await leave();
});

/** @page D9 */
test("explains a rejected query, and runs the next one", async () => {
  const { page, leave } = await visit(stage.browser, `${stage.site.url}search?q=${"x ".repeat(40)}`);
  await page.getByRole("alert").getByText("32").waitFor();
  await page.getByRole("combobox", { name: "Search papers and claims" }).fill("human feedback");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("3 found for “human feedback”").waitFor();
  await leave();
});
