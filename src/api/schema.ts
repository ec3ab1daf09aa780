import "./scalars.ts";
import "./source.ts";
import "./alias.ts";
import "./verdict.ts";
import "./verification.ts";
import "./state.ts";
import "./signer.ts";
import "./provenance.ts";
import "./claim.ts";
import "./claims.ts";
import "./reference.ts";
import "./reference-coverage.ts";
import "./work.ts";
import "./event.ts";
import "./paper.ts";
import "./papers.ts";
import "./citation-graph.ts";
import "./citation-path.ts";
import "./reachable-works.ts";
import "./related-works.ts";
import "./counted-works.ts";
import "./top-works.ts";
import "./status.ts";
import "./submission.ts";
import "./submit-document.ts";
import { builder } from "./builder.ts";

/** The whole schema: each noun's file adds its own part to the builder. */
export const schema = builder.toSchema();
