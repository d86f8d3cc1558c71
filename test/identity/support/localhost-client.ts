import { request } from "node:http";

/** As `fetch`, to names under localhost, which not every resolver knows; redirects are left alone. */
export async function localhostFetch(url: string, options: RequestInit = {}): Promise<Response> {
  const { hostname, host, port, pathname, search } = new URL(url);
  if (hostname !== "localhost" && !hostname.endsWith(".localhost"))
    throw new Error(`not of here: ${url}`);
  const { method = "GET", body } = options;
  const headers = { ...Object.fromEntries(new Headers(options.headers)), host };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port, path: pathname + search, method, headers },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => void chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const status = answer.statusCode!;
          const text = [204, 304].includes(status) ? null : Buffer.concat(chunks);
          const given = new Headers();
          for (let index = 0; index + 1 < answer.rawHeaders.length; index += 2) {
            given.append(answer.rawHeaders[index]!, answer.rawHeaders[index + 1]!);
          }
          resolve(new Response(text, { status, headers: given }));
        });
      },
    );
    sent.on("error", reject);
    sent.end(
      body === undefined || body === null
        ? undefined
        : (body as string | URLSearchParams).toString(),
    );
  });
}

/** A browser as far as cookies and redirects go. */
export function createLocalhostBrowser() {
  const jar = new Map<string, Map<string, string>>();
  async function fetchOnce(url: string, options: RequestInit = {}): Promise<Response> {
    const { host, origin } = new URL(url);
    const kept = jar.get(host) ?? new Map<string, string>();
    jar.set(host, kept);
    const headers = new Headers(options.headers);
    if (kept.size > 0) headers.set("cookie", [...kept].map((pair) => pair.join("=")).join("; "));
    if ((options.method ?? "GET") !== "GET") headers.set("origin", origin);
    const answer = await localhostFetch(url, { ...options, headers });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (line.includes("Max-Age=0")) kept.delete(name!);
      else kept.set(name!, value!);
    }
    return answer;
  }
  return {
    fetch: fetchOnce,
    /** Follows redirects until one leads to `stop`, which is not asked. */
    async follow(url: string, stop: string): Promise<URL> {
      let next = url;
      for (let hops = 0; hops < 10 && !next.startsWith(stop); hops++) {
        const { headers } = await fetchOnce(next);
        const location = headers.get("location");
        if (location === null) throw new Error(`${next} leads nowhere`);
        next = new URL(location, next).href;
      }
      return new URL(next);
    },
  };
}
