import { serialize } from "pg-protocol";
import { LRUCache } from "lru-cache";
import type { PreparedStatement } from "../statement/statement-cache.js";

/** Prepared once a connection, under its own name; with poolers that know none, unnamed. */
export function scopeStatement(named: boolean): PreparedStatement {
  return {
    name: named ? "tenantry_scope" : "",
    text: "select set_config('tenantry.scope', $1, true)",
    state: "absent",
    reader: null,
  };
}

const execute = serialize.execute({});
export const sync = serialize.sync();

/** Parse, Bind, Execute of a statement without parameters and rows: BEGIN, COMMIT, SAVEPOINT. */
export function bareStatement(text: string): Uint8Array[] {
  return [serialize.parse({ text, name: "", types: [] }), serialize.bind({}), execute];
}

export function close(name: string): Uint8Array {
  return serialize.close({ type: "S", name });
}

/** What has to go ahead of Bind: nothing, Parse, or Close and Parse. */
export function prepare(statement: PreparedStatement): Uint8Array[] {
  if (statement.state === "ready") return [];
  const parse = serialize.parse({ text: statement.text, name: statement.name, types: [] });
  return statement.state === "uncertain" ? [close(statement.name), parse] : [parse];
}

const describePortal = serialize.describe({ type: "P", name: "" });

/** The seal, like every value, is a bound parameter: a literal would show in pg_stat_activity. */
export function executeScope(statement: PreparedStatement, seal: string): Uint8Array {
  const known = statement.name === "" ? undefined : scopeMessages.get(seal);
  if (known !== undefined) return known;
  const bytes = Buffer.concat([
    serialize.bind({ statement: statement.name, values: [seal] }),
    execute,
  ]);
  if (statement.name !== "") scopeMessages.set(seal, bytes);
  return bytes;
}

/** Seals are reused for a while, and so are the bytes that carry them. */
const scopeMessages = new LRUCache<string, Uint8Array>({ max: 10_000, ttl: 120_000 });

/** @throws whatever a parameter's own conversion throws; nothing was sent then */
export function bindAndExecute(
  statement: PreparedStatement,
  values: readonly unknown[],
  prepareValue: (value: unknown) => unknown,
  describe: boolean,
): Uint8Array[] {
  const bound = serialize.bind({
    statement: statement.name,
    values: [...values],
    valueMapper: prepareValue,
  });
  return describe ? [bound, describePortal, execute] : [bound, execute];
}
