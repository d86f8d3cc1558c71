import { rowsOf, withClient, type MigrationClient } from "../../../database/migrations/client.js";

/** @returns what cancels the statement under way on `client`, through a connection of its own */
export async function canceller(
  url: string,
  client: MigrationClient,
): Promise<() => Promise<unknown>> {
  const [backend] = await rowsOf<{ pid: number }>(
    client,
    "select pg_catalog.pg_backend_pid() as pid",
  );
  return () =>
    withClient(url, (other) =>
      other.query("select pg_catalog.pg_cancel_backend($1)", [backend?.pid]),
    );
}
