// Hand-written SQL behind node:http: no GraphQL, no checks, one prepared statement for each request. `POST /Q1` takes
// the statement's parameters as a JSON array. `/Q4-levels` sends a statement for each level.
import pg from "pg";
import { levelStatements, statements } from "../api/hand-written-sql.ts";
import { listen, readBody } from "./listen.ts";

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: 10 });

type WorkRow = {
  readonly id: string;
  readonly arxiv_id: string | null;
  readonly title: string | null;
  readonly cited_by_count: number;
};

async function inOneStatement(name: string, text: string, values: unknown[]): Promise<string> {
  const { rows } = await pool.query<{ answer: string }>({ name, text, values });
  return rows[0]?.answer ?? "null";
}

async function levelByLevel([root, maxNodes]: unknown[]): Promise<string> {
  const ids = async (name: "root" | "level", value: unknown) => {
    const { rows } = await pool.query<{ id: string }>({ name, text: levelStatements[name], values: [value] });
    return rows.map(({ id }) => id);
  };
  const depths = new Map<string, number>();
  let level = await ids("root", root);
  for (let depth = 0; level.length > 0; depth++) {
    for (const id of level) depths.set(id, depth);
    if (depth === 2) break;
    level = (await ids("level", level)).filter((id) => !depths.has(id));
  }
  const { rows } = await pool.query<WorkRow>({
    name: "works",
    text: levelStatements.works,
    values: [[...depths.keys()]],
  });
  const depthOf = ({ id }: WorkRow) => depths.get(id) ?? 0;
  rows.sort(
    (a, b) =>
      depthOf(a) - depthOf(b) ||
      b.cited_by_count - a.cited_by_count ||
      (BigInt(a.id) < BigInt(b.id) ? -1 : 1),
  );
  const nodes = rows.slice(0, Number(maxNodes));
  const places = new Map(nodes.map(({ id }, place) => [id, place]));
  const edges = await pool.query<{ citing: string; cited: string }>({
    name: "edges",
    text: levelStatements.edges,
    values: [[...places.keys()]],
  });
  return JSON.stringify({
    nodes: nodes.map((row) => ({ depth: depthOf(row), arxivId: row.arxiv_id, title: row.title })),
    edges: edges.rows.map(({ citing, cited }) => [places.get(citing), places.get(cited)]),
  });
}

listen(async (request, response) => {
  const name = (request.url ?? "/").slice(1);
  const values = JSON.parse(await readBody(request)) as unknown[];
  const text = Object.hasOwn(statements, name) ? statements[name as keyof typeof statements] : undefined;
  const answer = text === undefined ? await levelByLevel(values) : await inOneStatement(name, text, values);
  const body = `{"data":${answer}}`;
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
});
