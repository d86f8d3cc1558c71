import { request } from "node:http";
import { Problem } from "./problem.js";
import type { DemoAccount } from "./seed/accounts.js";

interface Answer {
  readonly status: number;
  readonly cookies: readonly string[];
  readonly body: string;
}

/**
 * As a program signs in: with the password at the auth host, whose session is then exchanged for an
 * access token of the tenant (RFC 8693).
 * @throws {Problem}
 */
export async function signInForToken(
  port: number,
  { email, password }: Pick<DemoAccount, "email" | "password">,
  tenantSlug: string,
): Promise<string> {
  const credentials = JSON.stringify({ email, password });
  const signedIn = await post(port, "/auth/sign-in", "application/json", credentials);
  const session = /^__Host-tenantry-session=([\w-]+)/.exec(signedIn.cookies[0] ?? "")?.[1];
  if (session === undefined) {
    throw new Problem(`${email} was not signed in: ${signedIn.status} ${signedIn.body}`);
  }
  const form = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: session,
    subject_token_type: "urn:tenantry:params:oauth:token-type:session",
    audience: tenantSlug,
  });
  const type = "application/x-www-form-urlencoded";
  const { status, body } = await post(port, "/auth/token", type, form.toString());
  if (status === 200) return (JSON.parse(body) as { access_token: string }).access_token;
  throw new Problem(`${email} got no token of ${JSON.stringify(tenantSlug)}: ${status} ${body}`);
}

/** Not every system's resolver knows the names under localhost, so the host is only said. */
function post(port: number, path: string, type: string, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { host: `auth.localhost:${port}`, "content-type": type };
    const target = { host: "127.0.0.1", port, path, method: "POST", headers, agent: false };
    const outgoing = request(target, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode: status = 0, headers: received } = response;
        resolve({ status, cookies: received["set-cookie"] ?? [], body: text });
      });
    });
    outgoing.on("error", () => {
      reject(new Problem(`Nothing answers on port ${port}: start the tracker with npm start.`));
    });
    outgoing.end(body);
  });
}
