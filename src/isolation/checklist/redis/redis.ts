import type { RedisConnection } from "./connection.js";
import type { Reply } from "./reply.js";

const mostKeys = 20_000;

export interface Keys {
  readonly keys: readonly string[];
  /** Whether there are more than were read. */
  readonly cut: boolean;
}

/** Redis, read only and never blocked: keys in portions, fields of hashes. */
export class Redis {
  private scanned: Promise<Keys> | undefined;

  constructor(private readonly connection: RedisConnection) {}

  /** As `127.0.0.1:6379/0`. */
  get place(): string {
    return this.connection.place;
  }

  /** Up to a bound; read once. */
  keys(): Promise<Keys> {
    return (this.scanned ??= this.scan());
  }

  async isHash(key: string): Promise<boolean> {
    return (await this.connection.send("TYPE", key)) === "hash";
  }

  /** Null for a field that is not there. */
  async fields(key: string, ...names: readonly string[]): Promise<readonly (string | null)[]> {
    const reply = await this.connection.send("HMGET", key, ...names);
    return listOf(reply).map((each) => (typeof each === "string" ? each : null));
  }

  private async scan(): Promise<Keys> {
    const found = new Set<string>();
    let cursor = "0";
    do {
      const [next, page] = listOf(await this.connection.send("SCAN", cursor, "COUNT", "1000"));
      for (const key of listOf(page)) found.add(textOf(key));
      cursor = textOf(next);
    } while (!["0", ""].includes(cursor) && found.size < mostKeys);
    return { keys: [...found].sort(), cut: cursor !== "0" };
  }
}

function textOf(reply: Reply | undefined): string {
  return typeof reply === "string" ? reply : "";
}

function listOf(reply: Reply | undefined): readonly Reply[] {
  return Array.isArray(reply) ? (reply as readonly Reply[]) : [];
}
