import { expect, it } from "vitest";
import { checklist } from "../../../src/isolation/checklist/checklist.js";
import type { ChecklistOptions } from "../../../src/isolation/checklist/options.js";
import { severityOf } from "../../../src/isolation/report/finding.js";
import { listen, type Bug } from "./server.js";
import { answersIn, found } from "./support.js";

async function ask(bugs: readonly Bug[], options: Partial<ChecklistOptions> = {}) {
  const service = await listen(...bugs);
  try {
    return await checklist({ ...service.options, ...options });
  } finally {
    service.close();
  }
}

const ofServer = ["K1", "K2", "K3", "K5", "K11"];

it("holds of a sound service, whatever is asked of it over HTTP", async () => {
  const report = await ask([]);
  const answers = answersIn(report);
  for (const id of ofServer) expect(answers.get(id), id).toMatchObject({ verdict: "holds" });
  expect(answers.get("K5")!.evidence).toMatch(/of 72 pages of the other, .* 72 were its own/);
  expect(answers.get("K11")!.evidence).toContain("2 things of another tenant's were compared");
});

it.each<[Bug, string, RegExp]>([
  ["default tenant", "K1", /no Host was answered 200 with what is acme's own/],
  [
    "first of two hosts",
    "K1",
    /a known and an unknown Host was answered 200 with what is acme's own/,
  ],
  ["default tenant", "K2", /an unknown subdomain was answered 200 with what is acme's own/],
  ["matches by prefix", "K2", /the tenant's host as a prefix was answered 200/],
  ["matches by suffix", "K2", /the tenant's host as a suffix was answered 200/],
  [
    "front page for unknown hosts",
    "K2",
    /unknown domain was answered 200 as if nothing were wrong/,
  ],
  ["case leads elsewhere", "K3", /upper case was answered 200 with what is globex's own/],
  ["reads around odd letters", "K3", /a percent|an underscore was answered 200/],
  ["keeps the tenant after an error", "K5", /held what is that tenant's own/],
  ["shows the stack", "K11", /a path that is not there was answered 404 with a stack/],
  ["names the other tenant", "K11", /was answered 404 with what is globex's own/],
  ["tells what is there", "K11", /otherwise than what nobody has: status 403 instead of 404/],
])("says open where a service %s (%s)", async (bug, id, seen) => {
  const report = await ask([bug], { only: [id, "K11"] });
  expect(answersIn(report).get(id)).toMatchObject({ verdict: "open" });
  expect(found(report, id).join("\n")).toMatch(seen);
  if (id !== "K11") expect(answersIn(report).get("K11")!.verdict).toBe("holds");
});

it("takes another tenant's page for graver than one's own, and says each thing once", async () => {
  const said = async (bug: Bug, id: string) =>
    (await ask([bug], { only: [id] })).findings.map((finding) => [
      finding.detail,
      severityOf(finding),
    ]);
  expect(await said("default tenant", "K2")).toContainEqual(["an unknown domain", "critical"]);
  expect(await said("first of two hosts", "K1")).toEqual([
    ["a known and an unknown Host", "high"],
    ["the same Host twice", "high"],
  ]);
});

const atOneHost = ["acme", "globex"].map((tenant) => ({
  name: tenant,
  tenant,
  host: "app.localhost",
  headers: { authorization: `Bearer key-of-${tenant}` },
}));

it("does not ask for hosts where two tenants share one, each with its own", async () => {
  const report = await ask([], { hosts: [], identities: atOneHost });
  const answers = answersIn(report);
  for (const id of ["K1", "K2", "K3"]) expect(answers.get(id)!.verdict).toBe("not applicable");
  for (const id of ["K5", "K11"]) expect(answers.get(id)!.verdict).toBe("holds");
  const alike = answersIn(await ask([], { hosts: [], identities: atOneHost, route: "/about" }));
  for (const id of ["K1", "K2", "K3"]) expect(alike.get(id)!.verdict).toBe("unproven");
});

it("ends without a verdict where it is interrupted", async () => {
  await expect(checklist({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "PROOF_IMPOSSIBLE",
  });
});

it("takes a failure of the server's for no refusal", async () => {
  const { verdict, evidence } = answersIn(
    await ask(["fails without a host"], { only: ["K1"] }),
  ).get("K1")!;
  expect(verdict).toBe("unproven");
  expect(evidence).toContain("a failure and no refusal");
});

it.each<[string, Partial<ChecklistOptions>, readonly string[], string]>([
  ["the route answers nobody", { route: "/nowhere" }, ofServer, "--route"],
  ["no host was named", { hosts: [] }, ofServer, "--host"],
  ["the page is the same for both", { route: "/about" }, ["K3", "K5"], "--route"],
  ["one tenant was named", { hosts: ["acme.app.localhost"] }, ["K5"], "--host"],
])("proves nothing where %s, and names the option", async (_, options, ids, option) => {
  const answers = answersIn(await ask([], options));
  for (const id of ids) {
    expect(answers.get(id)!.verdict, id).toBe("unproven");
    expect(answers.get(id)!.evidence).toContain(option);
  }
});
