import type { SeedSession } from "./contract.js";

/** Sends savepoints together with the statement that follows, as a round trip costs more than they do. */
export class Batched implements SeedSession {
  #pending: string[] = [];

  constructor(private readonly session: SeedSession) {}

  /** To be sent before the next statement. */
  later(...statements: readonly string[]): void {
    this.#pending.push(...statements);
  }

  async query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }> {
    // The protocol takes values for one statement only.
    if (values !== undefined) await this.flush();
    const before = this.#pending;
    this.#pending = [];
    if (before.length === 0) return this.session.query(text, values);
    const results: unknown = await this.session.query([...before, text].join(";\n"));
    return (results as { rows: Record<string, unknown>[] }[]).at(-1)!;
  }

  async flush(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length > 0) await this.session.query(pending.join(";\n"));
  }
}
