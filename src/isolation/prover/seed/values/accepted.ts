import { literal } from "../../../catalog/names.js";
import { rehearse } from "../attempt.js";
import type { SeedSession } from "../contract.js";

/** Which texts a type takes: asked of the server, a text once for every type. */
export class AcceptedTexts {
  private readonly known = new Map<string, boolean>();

  constructor(private readonly session: SeedSession) {}

  /** Those that the type takes, in their order. A domain's CHECKs count. */
  async of(sqlType: string, texts: readonly string[]): Promise<string[]> {
    const unknown = texts.filter((text) => !this.known.has(keyOf(sqlType, text)));
    if (unknown.length > 0) await this.ask(sqlType, unknown);
    return texts.filter((text) => this.known.get(keyOf(sqlType, text)) === true);
  }

  /** All at once; where that is refused, each half. */
  private async ask(sqlType: string, texts: readonly string[]): Promise<void> {
    const casts = texts.map((text) => `cast(${literal(text)} as ${sqlType})`);
    const outcome = await rehearse(this.session, () =>
      this.session.query(`select ${casts.join(", ")}`),
    );
    if ("value" in outcome || texts.length === 1) {
      for (const text of texts) this.known.set(keyOf(sqlType, text), "value" in outcome);
      return;
    }
    const half = Math.ceil(texts.length / 2);
    await this.ask(sqlType, texts.slice(0, half));
    await this.ask(sqlType, texts.slice(half));
  }
}

const keyOf = (sqlType: string, text: string) => `${sqlType} ${text}`;
