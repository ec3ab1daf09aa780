import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

/** A fault of one answer, after which the next may be right. */
export type MirrorFault = (request: IncomingMessage, response: ServerResponse) => void;

const someText = '{"bundle_type":"pith_open_graph_bundle","events":[';

/** Transient faults of the network or the server, never of the document. */
export const passingFaults: Readonly<Record<string, MirrorFault>> = {
  "500": (_request, response) => response.writeHead(500).end("oops"),
  "503": (_request, response) => response.writeHead(503, { "retry-after": "5" }).end(),
  "429": (_request, response) => response.writeHead(429, { "retry-after": "86400" }).end(),
  reset: (request) => request.socket.destroy(),
  "cut short": (_request, response) => {
    response.writeHead(200, { "content-length": 1000 });
    response.write(someText, () => response.destroy());
  },
  "gzip cut short": (_request, response) => {
    const packed = gzipSync(someText.repeat(50));
    response.writeHead(200, { "content-encoding": "gzip" }).end(packed.subarray(0, packed.length >> 1));
  },
  "no HTTP": (request) => request.socket.end("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
};

/** Answers that are definite once they repeat. */
export const doubtfulAnswers: Readonly<Record<string, MirrorFault>> = {
  "404": (_request, response) => response.writeHead(404).end(),
  "an error page": (_request, response) => response.writeHead(200).end("<!doctype html><h1>Maintenance</h1>"),
  "a text that ends early": (_request, response) => response.writeHead(200).end(someText),
};
