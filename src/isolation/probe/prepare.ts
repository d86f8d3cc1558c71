import { randomInt } from "node:crypto";
import { Asker } from "./http/asker.js";
import { Budget } from "./http/budget.js";
import { Client } from "./http/client.js";
import { isGood } from "./http/message.js";
import { resolveTarget, type Target } from "./identity/target.js";
import { describeIdentity, type Identity } from "./identity/identity.js";
import { Ledger } from "./ledger.js";
import {
  attacksOf,
  fitsAny,
  identitiesOf,
  usualTenantHeaders,
  type ProbeOptions,
} from "./options.js";
import { impossible, unusable } from "./problem.js";
import { seededRandom } from "./random.js";
import { loadRoutes, type Service } from "./routes/load.js";
import { nameOf } from "./routes/route.js";
import type { Run } from "./run.js";
import { Canaries } from "./things/canary.js";
import { Markers } from "./things/markers.js";
import { Leaked } from "./things/leaked.js";
import { Things } from "./things/thing.js";

export interface Prepared {
  readonly run: Run;
  readonly client: Client;
  readonly seed: number;
}

/** Everything that is needed before the first attack. @throws {TenantryError} */
export async function prepare(options: ProbeOptions): Promise<Prepared> {
  const identities = identitiesOf(options);
  const targets = await targetsOf(identities, options.ownedTargets ?? []);
  const remote = [...targets.values()].some(({ address }) => !/^(127\.|::1$)/.test(address));
  const budget = new Budget({
    maxRequests: options.maxRequests ?? 20_000,
    maxSeconds: options.maxSeconds ?? 900,
    rate: options.rate ?? (remote ? 20 : 0),
    signal: options.signal,
  });
  const client = new Client(targets, budget);
  const seed = options.seed ?? randomInt(2 ** 32 - 1);
  const random = seededRandom(seed);
  const canaries = new Canaries();
  const markers = new Markers(canaries);
  const run: Run = {
    identities,
    routes: await routesOf(options, identities, client),
    asker: new Asker(client, markers),
    budget,
    canaries,
    markers,
    things: new Things(),
    ledger: new Ledger(),
    random,
    settings: {
      attacks: attacksOf(options),
      destructive: options.destructive ?? false,
      timingSamples: options.timingSamples ?? 40,
      tenantHeaders: [...new Set([...usualTenantHeaders, ...(options.tenantHeaders ?? [])])],
    },
    uncovered: new Map(),
    leaked: new Leaked(),
    onStep: options.onStep ?? (() => undefined),
  };
  return { run, client, seed };
}

async function targetsOf(
  identities: readonly Identity[],
  owned: readonly string[],
): Promise<ReadonlyMap<string, Target>> {
  const pairs = identities.map(
    async ({ name, baseUrl }) => [name, await resolveTarget(baseUrl, owned)] as const,
  );
  return new Map(await Promise.all(pairs));
}

async function routesOf(
  options: ProbeOptions,
  identities: readonly Identity[],
  client: Client,
): Promise<Run["routes"]> {
  const [first] = identities;
  const ids = identities.flatMap(({ parameters }) => Object.values(parameters));
  const all = await loadRoutes(options, first!.baseUrl, ids, serviceFor(first!, client));
  const { only = [], skip = [] } = options;
  const kept = all.filter(
    (route) => (only.length === 0 || fitsAny(nameOf(route), only)) && !fitsAny(nameOf(route), skip),
  );
  if (kept.length > 0) return kept;
  throw unusable(
    "--only and --skip leave no route.",
    `There are: ${all.slice(0, 5).map(nameOf).join(", ")}${all.length > 5 ? ", …" : ""}.`,
  );
}

function serviceFor(identity: Identity, client: Client): Service {
  return {
    async download(path) {
      // The document is asked for as it is named: below the origin, not below the base URL.
      const origin = { ...identity, baseUrl: new URL(identity.baseUrl.origin) };
      const answer = await client.send(origin, { method: "GET", path });
      if (isGood(answer)) return answer.text;
      throw impossible(
        `${path} was answered ${answer.status} to ${describeIdentity(identity)}.`,
        "Download the document and give the file.",
      );
    },
    query: (path, query) =>
      client.send(identity, { method: "POST", path, body: JSON.stringify({ query }) }),
  };
}
