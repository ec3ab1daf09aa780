/** Examples of the commands' help that the tests of the documents cannot run, and why. */
export const notRun: Readonly<Record<string, string>> = {
  "pith-graph start": "serves until it is stopped; test/cli/start.test.ts starts it",
  "pith-graph start --no-sample --port 8080": "serves until it is stopped; test/cli/start.test.ts starts it",
  "pith-graph serve --host 0.0.0.0": "serves until it is stopped; test/submissions/serve.test.ts starts it",
  "pith-graph serve --no-worker": "serves until it is stopped; test/submissions/serve.test.ts starts it",
  "pith-graph demo": "imports for half a minute; test/cli/demo.test.ts runs it",
  "pith-graph backup pith-graph.backup.gz": "test/care/backup.test.ts makes one, and restores it",
  "pith-graph restore pith-graph.backup.gz": "needs an empty database; test/care/backup.test.ts has one",
  "pith-graph distribute --shards 64": "needs a Citus cluster; docs/scaling.md says what was tried",
  "pith-graph export dump dumps/monday --format csv,parquet --resume":
    "needs a dump that was left unfinished; test/export/dump.test.ts leaves one",
  "pith-graph open": "opens a browser; test/cli/open.test.ts opens one",
  "pith-graph compare https://mirror.example.org https://pith.science":
    "needs the network; test/cli/compare.test.ts compares two mirrors",
  "pith-graph export table papers --url https://mirror.example.org > papers.ndjson":
    "needs another mirror; test/export/download.test.ts runs one",
  "pith-graph worker": "works until it is stopped; test/submissions runs it",
  "pith-graph quarantine show 3f8a21c0 > document.json":
    "names a document of a user's quarantine; test/care/quarantine.test.ts shows one",
  "pith-graph quarantine remove 3f8a21c0":
    "names a document of a user's quarantine; test/care/quarantine.test.ts removes one",
  "pith-graph check": "recomputes everything; test/care/check.test.ts runs it",
  "pith-graph rebuild": "recomputes everything; test/care/rebuild.test.ts runs it",
  "pith-graph sync https://mirror.example.org": "needs another mirror; test/mirror/command.test.ts runs one",
  "pith-graph sync --follow --allow-host localhost:4000 http://localhost:4000":
    "goes on until it is stopped; test/mirror/command.test.ts runs it between two mirrors",
  "pith-graph sync https://pith.science --numbers numbers.txt --minimum-proof hash":
    "needs the network; test/mirror/command.test.ts runs it with a mirror of its own",
};
