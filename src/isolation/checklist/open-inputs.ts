import { withClient } from "../../database/migrations/client.js";
import type { Reader } from "../catalog/reader.js";
import { parseIdentity } from "../probe/identity/identity-file.js";
import type { Identity } from "../probe/identity/identity.js";
import { parseBaseUrl } from "../probe/identity/target.js";
import { unusable } from "../probe/problem.js";
import { asking } from "./database/ask.js";
import { Database } from "./database/database.js";
import { Inputs, type Given } from "./inputs.js";
import type { ChecklistOptions } from "./options.js";
import { connectRedis } from "./redis/connection.js";
import { Redis } from "./redis/redis.js";
import { Repository } from "./repository/repository.js";
import { partsOf } from "./server/hosts.js";
import { Site } from "./server/site.js";

type Work<T> = (inputs: Inputs) => Promise<T>;

/** Opens what was given, and closes it after `work`. @throws {TenantryError} */
export async function withInputs<T>(options: ChecklistOptions, work: Work<T>): Promise<T> {
  const { repository, redis: redisUrl, database, jobsDatabase } = options;
  const source = repository === undefined ? {} : { repository: new Repository(repository) };
  const server = await openSite(options);
  const redis = redisUrl === undefined ? undefined : await connectRedis(redisUrl);
  try {
    return await withMaybe(database, (client) =>
      withMaybe(jobsDatabase, (jobs) => {
        const given: Given = {
          ...source,
          ...(server === undefined ? {} : { server }),
          ...(redis === undefined ? {} : { redis: new Redis(redis) }),
          ...(client === undefined ? {} : { database: databaseOf(client, options) }),
          jobDatabases: [client, jobs].filter((each) => each !== undefined).map(asking),
        };
        return work(new Inputs(given));
      }),
    );
  } finally {
    server?.close();
    redis?.close();
  }
}

async function withMaybe<T>(
  url: string | undefined,
  work: (client: Reader | undefined) => Promise<T>,
): Promise<T> {
  return url === undefined ? work(undefined) : withClient(url, work);
}

function databaseOf(client: Reader, options: ChecklistOptions): Database {
  return new Database(client, {
    ...options,
    operatorUrl: options.operatorDatabase ?? options.database!,
  });
}

async function openSite(options: ChecklistOptions): Promise<Site | undefined> {
  const { baseUrl, route = "/", ownedTargets = [], signal } = options;
  if (baseUrl === undefined) return undefined;
  if (!route.startsWith("/")) {
    throw unusable(`The route ${JSON.stringify(route)} is no path.`, "Give --route as /projects.");
  }
  return Site.open({ identities: identitiesOf(baseUrl, options), route, ownedTargets, signal });
}

/** Those that were named, then one for each host that none of them has; else whoever the base URL's host is. */
function identitiesOf(baseUrl: string, options: ChecklistOptions): readonly Identity[] {
  const { identities = [], hosts = [], env = process.env } = options;
  const base = parseBaseUrl(baseUrl);
  const named = identities.map((each, index): Identity => {
    const { baseUrl: own, role = "", ...rest } = parseIdentity(each, `number ${index + 1}`, env);
    return { ...rest, role, baseUrl: own === undefined ? base : parseBaseUrl(own) };
  });
  const port = base.port === "" ? "" : `:${base.port}`;
  const others = hosts
    .map((host) => (partsOf(host).port === "" ? host + port : host))
    .filter((host) => !named.some((each) => each.host === host))
    .map((host) => ({ ...nobody, name: host, tenant: partsOf(host).label, host, baseUrl: base }));
  const all = [...named, ...others];
  return all.length > 0
    ? all
    : [{ ...nobody, name: base.host, tenant: partsOf(base.host).label, baseUrl: base }];
}

const nobody = {
  role: "",
  headers: {},
  cookies: {},
  parameters: {},
  bodies: {},
  secrets: [],
};
