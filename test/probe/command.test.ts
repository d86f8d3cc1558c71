import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { run } from "../../src/cli/run.js";
import { openSmallService, type SmallService } from "./service/small.js";
import { smallDocument } from "./service/small-document.js";

const env = { TOKEN_OF_A: "token-of-a", TOKEN_OF_B: "token-of-b", PASSWORD: "password-" };

describe("tenantry probe", () => {
  let service: SmallService;
  let folder: string;
  beforeAll(async () => {
    service = await openSmallService();
    folder = mkdtempSync(join(tmpdir(), "tenantry-probe-"));
  });
  afterAll(() => {
    service?.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => Object.assign(service, { isOpen: false, lifetime: 0 }));

  function file(name: string, content: string | object): string {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  /** As `a` and `b`, whose tokens are in the environment. */
  async function probe(...args: readonly string[]) {
    const files = ["a", "b"].map((name) => {
      const authorization = `Bearer \${TOKEN_OF_${name.toUpperCase()}}`;
      return file(`${name}.json`, { name, tenant: name, headers: { authorization } });
    });
    return command(...files.flatMap((each) => ["--as", each]), ...args);
  }

  async function command(...args: readonly string[]) {
    const said = { out: "", err: "" };
    const usual = ["--base-url", service.baseUrl, "--timing-samples", "0"];
    const code = await run(["probe", ...usual, ...args], {
      env,
      out: (text) => (said.out += text),
      err: (text) => (said.err += text),
    });
    return { code, ...said };
  }

  const only = ["--only", "/projects", "--skip", "archive", "--attacks", "by id,lists"];
  const findings = (out: string) =>
    (JSON.parse(out) as { findings: { rule: string; subject: string }[] }).findings.map(
      ({ rule, subject }) => `${rule} ${subject}`,
    );

  it("ends with 0 where nothing was found, and writes the report as JSON, HTML and SARIF", async () => {
    const [html, sarif] = [join(folder, "report.html"), join(folder, "report.sarif")];
    const openapi = `${service.baseUrl}/openapi.json`;
    const files = ["--html", html, "--sarif", sarif];
    const { code, out, err } = await probe("--openapi", openapi, ...only, ...files, "--json");
    expect({ code, err, findings: findings(out) }).toEqual({ code: 0, err: "", findings: [] });
    expect(readFileSync(html, "utf8")).toContain("GET /projects/{id}");
    expect(JSON.parse(readFileSync(sarif, "utf8"))).toMatchObject({ version: "2.1.0" });
    expect(service.projects).toEqual([]);
  });

  it.each([
    ["YAML", () => ["--openapi", file("api.yaml", stringify(smallDocument))], "{id}"],
    [
      "recorded traffic",
      () => ["--har", file("traffic.har", recorded(service.baseUrl))],
      "{projectId}",
    ],
    [
      "lines",
      () => [
        "--routes",
        file(
          "routes",
          "# all\nGET /projects\nPOST /projects\nGET /projects/:id\nDELETE /projects/:id",
        ),
      ],
      "{id}",
    ],
  ])("reads routes from %s, and ends with 1 for what it finds", async (_, source, parameter) => {
    service.isOpen = true;
    const { code, out } = await probe(...source(), ...only, "--json");
    expect(findings(out)).toContain(`P1 GET /projects/${parameter}`);
    expect(code).toBe(1);
    expect(service.projects).toEqual([]);
  });

  it("renews tokens that run out while it works, and shows none of them", async () => {
    service.lifetime = 15;
    const files = ["a", "b"].map((name) =>
      file(`renewing-${name}.json`, {
        name,
        tenant: name,
        refresh: { path: "/token", form: { user: name, password: `\${PASSWORD}${name}` } },
      }),
    );
    const as = files.flatMap((each) => ["--as", each]);
    const openapi = `${service.baseUrl}/openapi.json`;
    const { code, out } = await command(...as, "--openapi", openapi, ...only, "--json");
    expect({ code, findings: findings(out) }).toEqual({ code: 0, findings: [] });
    expect(out).not.toMatch(/answered 401/);
  });

  it("raises no alarm where a key signs in, and not a token", async () => {
    const files = service.identities.map(({ name, tenant }) => {
      const headers = { "x-api-key": `token-of-${name}` };
      return file(`key-${name}.json`, { name, tenant, headers });
    });
    const as = files.flatMap((each) => ["--as", each]);
    const routes = file("keyed", "GET /projects\nPOST /projects\nDELETE /projects/{id}");
    const args = [...as, "--routes", routes, "--attacks", "credentials,hosts,claims", "--json"];
    const { out } = await command(...args);
    expect(findings(out).filter((finding) => !finding.startsWith("P21"))).toEqual([]);
    expect(out).toContain("holds");
  });

  it("shows no secret, in whatever it writes, though the service repeats them", async () => {
    const renewing = file("renewing.json", {
      name: "a",
      tenant: "a",
      refresh: { path: "/token", form: { password: "${PASSWORD}a" } },
    });
    const plain = file("plain.json", {
      name: "b",
      tenant: "b",
      headers: { Authorization: "Bearer ${TOKEN_OF_B}" },
      bodies: { "POST /echoes": { name: "{{canary}}", pin: "${PASSWORD}b" } },
    });
    const [html, sarif] = [join(folder, "secret.html"), join(folder, "secret.sarif")];
    const routes = file("echoes", "POST /echoes\nGET /projects");
    // What the last of them was answered stands in the report.
    for (const [first, last] of [
      [renewing, plain],
      [plain, renewing],
    ] as const) {
      const args = ["--as", first, "--as", last, "--html", html, "--sarif", sarif, "--full"];
      const { code, out, err } = await command(...args, "--routes", routes);
      expect(code).toBe(1);
      expect(out).toContain("Not for …");
      const all = [out, err, readFileSync(html, "utf8"), readFileSync(sarif, "utf8")].join("\n");
      for (const secret of ["token-of", "fresh-token", "password-"])
        expect(all).not.toContain(secret);
    }
  });

  it("ends with 2, and says why, where a variable is not set or the options do not fit", async () => {
    const lines = file("lines", "GET /projects");
    const unset = file("unset.json", { name: "c", tenant: "c", headers: { cookie: "${NOT_SET}" } });
    const missing = await probe("--as", unset, "--routes", lines);
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining("NOT_SET") });
    const both = await probe("--graphql", "/graphql", "--routes", lines);
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining("a run of its own") });
    expect(await probe()).toMatchObject({ code: 2, err: expect.stringContaining("--openapi") });
  });
});

/** What a browser saves: a list, a record made and read, and something from elsewhere. */
function recorded(baseUrl: string): object {
  const id = "0190a5c4-1111-7000-8000-000000000001";
  const entry = (method: string, url: string, status: number, text?: string) => ({
    request: {
      method,
      url,
      headers: [{ name: "authorization", value: "Bearer recorded" }],
      ...(text === undefined ? {} : { postData: { mimeType: "application/json", text } }),
    },
    response: { status },
  });
  return {
    log: {
      entries: [
        entry("GET", `${baseUrl}/projects?page=1`, 200),
        entry("POST", `${baseUrl}/projects`, 201, '{"name":"Recorded"}'),
        entry("GET", `${baseUrl}/projects/${id}`, 200),
        entry("DELETE", `${baseUrl}/projects/${id}`, 200),
        entry("GET", "https://elsewhere.example/projects/1", 200),
      ],
    },
  };
}
