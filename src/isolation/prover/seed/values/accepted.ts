import { literal } from "../../../catalog/names.js";
import { rehearse } from "../attempt.js";
import type { Batched } from "../batched.js";

/** Which texts a type takes: asked of the server, a text once for every type. */
export class AcceptedTexts {
  private readonly known = new Map<string, boolean>();

  constructor(private readonly session: Batched) {}

  /** Those that the type takes, in their order. A domain's CHECKs count. */
  async of(sqlType: string, texts: readonly string[]): Promise<string[]> {
    const unknown = texts.filter((text) => !this.known.has(keyOf(sqlType, text)));
    if (unknown.length > 0) await this.ask(sqlType, unknown);
    return texts.filter((text) => this.known.get(keyOf(sqlType, text)) === true);
  }

  /** All in one round trip: a block that fails on one text goes on with the next. */
  private async ask(sqlType: string, texts: readonly string[]): Promise<void> {
    const block = `declare
        given pg_catalog.text;
        accepted pg_catalog.text := '';
      begin
        foreach given in array array[${texts.map(literal).join(", ")}]::pg_catalog.text[] loop
          begin
            perform cast(given as ${sqlType});
            accepted := accepted || '1';
          exception when others then
            accepted := accepted || '0';
          end;
        end loop;
        perform pg_catalog.set_config('${answer}', accepted, true);
      end`;
    const outcome = await rehearse(this.session, () => {
      this.session.later(`do ${literal(block)}`);
      return this.session.query(`select pg_catalog.current_setting('${answer}') as accepted`);
    });
    const accepted = "value" in outcome ? (outcome.value.rows[0]!.accepted as string) : "";
    texts.forEach((text, index) => this.known.set(keyOf(sqlType, text), accepted[index] === "1"));
  }
}

/** A setting of ours, gone with the savepoint. */
const answer = "tenantry_prover.accepted";

const keyOf = (sqlType: string, text: string) => `${sqlType} ${text}`;
