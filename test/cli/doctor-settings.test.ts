import { expect, test } from "vitest";
import { settingsFindings, usableConfig } from "../../src/cli/doctor-installation.ts";

test("doctor names every invalid setting, and suggests the nearest name for an unknown one", () => {
  const environment = {
    PORT: "http",
    PITH_GRAPH_ADJACENCY: "disk",
    PITH_GRAPH_DATE: "x",
    PITH_GRAPH_URL: "http://127.0.0.1:4000",
  };
  const findings = settingsFindings(environment);
  expect(findings).toEqual([
    expect.objectContaining({ check: "Setting PORT", result: "wrong" }),
    expect.objectContaining({ check: "Setting PITH_GRAPH_ADJACENCY", result: "wrong" }),
    expect.objectContaining({
      check: "Settings",
      result: "warning",
      text: "PITH_GRAPH_DATE is not a setting of pith-graph. Did you mean PITH_GRAPH_DATA?",
    }),
  ]);
  expect(usableConfig(environment).port).toBe(usableConfig({}).port);
});

test("doctor counts the valid settings, and ignores other and empty variables", () => {
  expect(settingsFindings({ PORT: "4001", HOME: "/root", PITH_GRAPH_DATA: " " })).toEqual([
    { check: "Settings", result: "ok", text: "1 set, all valid" },
  ]);
});
