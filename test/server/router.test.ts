import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerRoute, createRouter, queryOf, type Route, readOnly } from "../../src/server/http/router.ts";

const routes: Route[] = [
  {
    name: "exact",
    methods: readOnly,
    pattern: "/a",
    handle: (_request, response) => response.end("exact"),
  },
  {
    name: "first",
    methods: ["POST"],
    pattern: /^\/b\/(\d+)$/,
    handle: (_request, response, captured) => response.end(captured.join()),
  },
  {
    name: "second",
    methods: readOnly,
    pattern: /^\/b\/(.+)\/(.+)$/,
    handle: (_request, response, captured) => response.end(captured.join()),
  },
];
const routeOf = createRouter(routes);

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const found = routeOf(request.url ?? "");
    if (found === null) response.writeHead(404).end();
    else answerRoute(found, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

it("createRouter finds the first route that matches the complete path, with its captured groups", () => {
  const found = (path: string) => {
    const { route, captured } = routeOf(path) ?? {};
    return [route?.name, captured];
  };
  expect(found("/a")).toEqual(["exact", []]);
  expect(found("/b/12")).toEqual(["first", ["12"]]);
  expect(found("/b/12/x")).toEqual(["second", ["12", "x"]]);
  for (const path of ["/", "/A", "/a/", "/b", "/b/", "/b/x", "//a", "/constructor"]) {
    expect(routeOf(path), path).toBeNull();
  }
});

it("answerRoute answers 405 with Allow to a method that the route does not have", async () => {
  for (const [path, method, allow] of [
    ["/a", "POST", "GET, HEAD"],
    ["/b/1", "GET", "POST"],
  ] as const) {
    const response = await fetch(url + path, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
  }
  expect(await (await fetch(`${url}/b/1`, { method: "POST" })).text()).toBe("1");
});

it("queryOf reads the query from the first question mark", () => {
  const query = (address: string) => [...queryOf({ url: address } as IncomingMessage)];
  expect(query("/a")).toEqual([]);
  expect(query("/a?b=1&b=2?c")).toEqual([
    ["b", "1"],
    ["b", "2?c"],
  ]);
});
