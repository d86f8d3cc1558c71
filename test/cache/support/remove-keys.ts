import type { Redis } from "ioredis";

/** Takes away what a test left behind its own prefix, and gives the names. */
export async function removeKeys(client: Redis, prefix: string): Promise<readonly string[]> {
  const names: string[] = [];
  let cursor = "0";
  do {
    const [next, page] = await client.scan(cursor, "MATCH", `${prefix}*`, "COUNT", 1000);
    cursor = next;
    names.push(...page);
  } while (cursor !== "0");
  if (names.length > 0) await client.unlink(...names);
  return names;
}
