import type { Role } from "../catalog/roles.js";
import { quoted } from "../catalog/names.js";
import { saying, type Acting, type Context, type Told } from "./acting.js";
import type { Attempt, Row } from "./attempt.js";
import type { Power } from "./power.js";
import type { Session } from "./session.js";

/**
 * Where the probes play: it switches between the prover, who sees to it that all is as it should be,
 * and the application's role, which does what is judged. Whatever happens is rolled back.
 */
export class Stage {
  readonly session: Session;
  readonly power: Power;
  readonly role: Role;
  readonly #acting: Acting;
  #isApp = false;

  constructor(session: Session, power: Power, role: Role, acting: Acting) {
    this.session = session;
    this.power = power;
    this.role = role;
    this.#acting = acting;
  }

  /** Runs `work` behind a savepoint and goes back to it, whatever comes of it. */
  async rolledBack<T>(work: () => Promise<T>): Promise<T> {
    const wasApp = this.#isApp;
    this.session.later("savepoint probe");
    try {
      return await work();
    } finally {
      this.session.later("rollback to savepoint probe", "release savepoint probe");
      this.#isApp = wasApp;
    }
  }

  /**
   * A statement of the application's, in the name of a tenant.
   * @param context `kept` leaves the settings as the last statement left them
   */
  async asApp(context: Context | "kept", statement: string): Promise<Attempt> {
    const settings = context === "kept" ? [] : this.#saying(context);
    const become = this.#isApp ? [] : [this.power.become(quoted(this.role.name))];
    const attempt = await this.session.attempt([...settings, ...become], statement);
    if (attempt.ok) this.#isApp = true;
    return attempt;
  }

  /** A statement of the prover's own that must succeed. */
  async asProver(statement: string, context?: Context): Promise<readonly Row[]> {
    const { rows } = await this.session.send(...this.#toProver(context), statement);
    return rows;
  }

  /** One that may be refused. */
  async tryAsProver(statement: string, context?: Context): Promise<Attempt> {
    this.turnProver();
    return this.session.attempt(this.#saying(context), statement);
  }

  /** For whoever sends statements past the stage: they are the prover's. */
  turnProver(): void {
    this.session.later(...this.#toProver());
  }

  /** What is set where a tenant is the current one. */
  told(context: Context): readonly Told[] {
    return this.#acting(context);
  }

  #toProver(context?: Context): readonly string[] {
    const back = this.#isApp ? [this.power.becomeProver] : [];
    this.#isApp = false;
    return [...back, ...this.#saying(context)];
  }

  #saying(context: Context | undefined): readonly string[] {
    return context === undefined ? [] : saying(this.#acting(context));
  }
}
