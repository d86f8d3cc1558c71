import type { AttackRequest } from "../demo/attack.js";

/** The request as a line for a POSIX shell, in which `TOKEN` is what `npm run token` printed. */
export function curlOf(request: AttackRequest, origin: string): string {
  const url = new URL(request.path, origin);
  const search = url.searchParams.get("search");
  const { anonymous = false, headers: given = {} } = request;
  const headers = Object.entries(given);
  const bringsNone = anonymous || "authorization" in given;
  return [
    "curl -i",
    ...(request.method === "GET" ? [] : [`-X ${request.method}`]),
    ...(bringsNone ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(request.body === undefined ? [] : [`-d ${quoted(request.body)}`]),
    ...(search === null ? [] : [`-G --data-urlencode ${quoted(`search=${search}`)}`]),
    quoted(`${url.origin}${url.pathname}`),
  ].join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
