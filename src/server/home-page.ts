import { softwareVersion } from "../version.ts";

/** The page at `/`. */
export const homePage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>pith-graph</title>
<h1>pith-graph</h1>
<p>A mirror of signed scholarly records, served as a knowledge graph.</p>
<ul>
<li><a href="/graphql">/graphql</a>: the GraphQL API, with GraphiQL in the browser
<li><a href="/health">/health</a>: whether this mirror can answer
</ul>
<p>Version ${softwareVersion}</p>
</html>
`;
