import { rowsOf, withClient, type MigrationClient } from "../../database/migrations/client.js";

/**
 * Runs `work`; at the signal the statement that is just running is ended through a second connection,
 * rather than waited for. Where a connection was passed in there is none to be had.
 */
export async function cancelling<T>(
  target: unknown,
  connection: MigrationClient,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (signal === undefined || typeof target !== "string") return work();
  const [row] = await rowsOf<{ pid: number }>(connection, "select pg_backend_pid() as pid");
  const cancel = () => {
    const cancelled = withClient(target, (other) =>
      other.query("select pg_cancel_backend($1)", [row!.pid]),
    );
    // Should it fail, the statement ends by its timeout.
    cancelled.catch(() => undefined);
  };
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}
