import type { IncomingMessage } from "node:http";

const absoluteForm = /^https?:\/\/([^/?#]*)(.*)$/is;

/**
 * Turns a request target in absolute form (`GET http://host/path`, RFC 9112, 3.2.2), which proxies and some clients
 * send, into the origin form that routes are found by. The host in it replaces the Host header.
 */
export function useOriginForm(request: IncomingMessage): void {
  const { url = "/" } = request;
  if (url.startsWith("/")) return;
  const [, authority = "", rest = ""] = absoluteForm.exec(url) ?? [];
  if (authority === "") return;
  request.url = rest.startsWith("/") ? rest : `/${rest}`;
  // Credentials before the host are none of the server's.
  request.headers.host = authority.slice(authority.lastIndexOf("@") + 1);
}
