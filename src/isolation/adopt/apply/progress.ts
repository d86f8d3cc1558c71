import type { MigrationClient } from "../../../database/migrations/client.js";

interface Notice {
  readonly severity?: string | undefined;
  readonly message?: string | undefined;
}

/** The slice of a `pg.Client` that tells what a statement says while it runs. */
interface Telling {
  on(event: "notice", listener: (notice: Notice) => void): unknown;
  off(event: "notice", listener: (notice: Notice) => void): unknown;
}

/** Passes on what backfills say after each batch; the server's own notices are left out. */
export async function listening<T>(
  client: MigrationClient,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  if (!isTelling(client)) return work();
  const listener = ({ severity, message }: Notice) => {
    if (severity === "INFO") say(`  ${message ?? ""}`);
  };
  client.on("notice", listener);
  try {
    return await work();
  } finally {
    client.off("notice", listener);
  }
}

function isTelling(client: object): client is MigrationClient & Telling {
  return "on" in client && typeof client.on === "function";
}
