import { currentScope } from "../../core/context.js";
import type { TenantScope } from "../../core/scope.js";
import { assertPrismaClient, type DataLoader } from "./schema/client.js";

const apart = new WeakSet<object>();

/**
 * Gives each scope its own gathering of requests, and returns the client.
 *
 * Prisma gathers what is asked in one turn of the event loop (`findUnique`, `$transaction([…])`, and
 * whatever is asked in an interactive transaction) and sends all of it in the context of whoever
 * asked first: with several tenants in one turn, one tenant's statements would run in another's
 * scope. `tenantryPrisma` does this too; call it yourself where you use a client without it.
 * @throws {TenantryError} `CONFIG_INVALID` for what is no client of Prisma 7
 */
export function keepScopesApart<Client>(client: Client): Client {
  assertPrismaClient(client);
  const handler = client._requestHandler;
  if (apart.has(handler)) return client;
  const { options, constructor } = handler.dataloader;
  const Loader = constructor as new (options: DataLoader["options"]) => DataLoader;
  const loaders = new WeakMap<TenantScope, DataLoader>();
  handler.dataloader = {
    options,
    async request(request) {
      const scope = currentScope();
      let loader = loaders.get(scope);
      if (loader === undefined) loaders.set(scope, (loader = new Loader(options)));
      return loader.request(request);
    },
  };
  apart.add(handler);
  return client;
}
