import type { RowCheck } from "./checks.js";
import { sourcesOf, type Assignment, type Evaluator, type Value } from "./evaluate.js";
import type { TableShape } from "./shape.js";
import { Rivals } from "./rivals.js";

/** Columns that are decided together, and what they may be: the most wanted first. */
export interface Variable {
  readonly columns: readonly string[];
  readonly options: readonly (readonly Value[])[];
}

export interface Found {
  readonly assignment: Assignment;
  /** Names of the conditions that could not be met; empty where all were. */
  readonly failing: readonly string[];
}

const mostSteps = 60;
const mostMoves = 300;

/**
 * Finds values that meet all conditions of a table: from the most wanted ones on, it changes what takes
 * part in a condition that fails, the best change first, and gives weight to conditions that stay
 * unmet. Bounded; the same input gives the same answer.
 */
export class Search {
  private readonly weights: number[];
  private readonly taking: readonly ReadonlySet<number>[];
  private readonly rivals: Rivals;
  /** Verdicts of the server's, by what they depend on: steps come back to the same rows. */
  private readonly known = new Map<string, readonly boolean[]>();
  private choice: number[];
  private turn = 1;

  constructor(
    private readonly shape: TableShape,
    private readonly variables: readonly Variable[],
    private readonly evaluator: Evaluator,
    stored: readonly Readonly<Record<string, string | null>>[],
  ) {
    this.rivals = new Rivals(shape, stored);
    this.taking = [...shape.checks.map(({ columns }) => columns), ...this.rivals.columns].map(
      (columns) => this.variablesOf(columns),
    );
    this.weights = this.taking.map(() => 1);
    this.choice = variables.map(() => 0);
  }

  async run(): Promise<Found> {
    let [failing] = await this.judge([this.choice]);
    // What depends on nothing that could be chosen is not worth a step.
    for (let step = 0; this.movable(failing!).length > 0 && step < mostSteps; step++) {
      const next =
        (await this.bestOf(this.singleMoves(failing!), failing!)) ??
        (await this.bestOf(this.pairMoves(failing!), failing!));
      for (const condition of failing!) this.weights[condition]! += next === undefined ? 1 : 0;
      this.choice = next ?? this.wander(failing!);
      [failing] = await this.judge([this.choice]);
    }
    return {
      assignment: this.assignment(this.choice),
      failing: failing!.map((index) => this.nameOf(index)),
    };
  }

  /** The move that is worth more than standing still. */
  private async bestOf(
    moves: readonly number[][],
    failing: readonly number[],
  ): Promise<number[] | undefined> {
    if (moves.length === 0) return undefined;
    const costs = (await this.judge(moves)).map((verdict) => this.cost(verdict));
    const least = Math.min(...costs);
    return least < this.cost(failing) ? moves[costs.indexOf(least)] : undefined;
  }

  private cost(failing: readonly number[]): number {
    return failing.reduce((sum, condition) => sum + this.weights[condition]!, 0);
  }

  private singleMoves(failing: readonly number[]): number[][] {
    const moves: number[][] = [];
    for (const variable of this.movable(failing)) {
      for (let option = 0; option < this.variables[variable]!.options.length; option++) {
        if (option !== this.choice[variable]) moves.push(this.choice.with(variable, option));
      }
    }
    return this.bounded(moves);
  }

  /** Two changes at once, of what takes part in the first condition that fails. */
  private pairMoves(failing: readonly number[]): number[][] {
    const moves: number[][] = [];
    const movable = this.movable(failing.slice(0, 1));
    for (const one of movable) {
      for (const other of movable) {
        if (other <= one) continue;
        for (let first = 0; first < Math.min(12, this.variables[one]!.options.length); first++) {
          for (
            let second = 0;
            second < Math.min(12, this.variables[other]!.options.length);
            second++
          ) {
            moves.push(this.choice.with(one, first).with(other, second));
          }
        }
      }
    }
    return this.bounded(moves);
  }

  private wander(failing: readonly number[]): number[] {
    const movable = this.movable(failing);
    if (movable.length === 0) return this.choice;
    const variable = movable[this.random(movable.length)]!;
    return this.choice.with(variable, this.random(this.variables[variable]!.options.length));
  }

  private movable(failing: readonly number[]): number[] {
    return [...new Set(failing.flatMap((condition) => [...this.taking[condition]!]))].filter(
      (variable) => this.variables[variable]!.options.length > 1,
    );
  }

  private bounded(moves: number[][]): number[][] {
    if (moves.length <= mostMoves) return moves;
    return Array.from({ length: mostMoves }, () => moves[this.random(moves.length)]!);
  }

  /** Which conditions each choice leaves unmet. */
  private async judge(choices: readonly number[][]): Promise<number[][]> {
    const rows = choices.map((choice) => this.assignment(choice));
    const verdicts = await this.ask(rows);
    const checks = this.shape.checks.length;
    return verdicts.map((verdict, index) => {
      const unmet = verdict.slice(0, checks).flatMap((holds, check) => (holds ? [] : [check]));
      const met = this.rivals
        .met(rows[index]!, verdict.slice(checks))
        .map((rival) => checks + rival);
      return [...unmet, ...met];
    });
  }

  private async ask(rows: readonly Assignment[]): Promise<readonly (readonly boolean[])[]> {
    const keys = rows.map((row) => this.evaluator.keyOf(row));
    const unknown = new Map(
      rows.flatMap((row, index) => (this.known.has(keys[index]!) ? [] : [[keys[index]!, row]])),
    );
    const verdicts = await this.evaluator.judge([...unknown.values()]);
    [...unknown.keys()].forEach((key, index) => this.known.set(key, verdicts[index]!));
    return keys.map((key) => this.known.get(key)!);
  }

  private assignment(choice: readonly number[]): Assignment {
    const row = new Map<string, Value>();
    this.variables.forEach(({ columns, options }, variable) => {
      const values = options[choice[variable]!]!;
      columns.forEach((column, index) => row.set(column, values[index]!));
    });
    return row;
  }

  private variablesOf(columns: ReadonlySet<string>): ReadonlySet<number> {
    const all = new Set(columns);
    for (const column of this.shape.relation.columns) {
      if (column.generated !== "" && columns.has(column.name))
        for (const name of sourcesOf(column)) all.add(name);
    }
    return new Set(
      this.variables.flatMap((variable, index) =>
        variable.columns.some((name) => all.has(name)) ? [index] : [],
      ),
    );
  }

  private nameOf(condition: number): string {
    const check = this.shape.checks[condition];
    return check === undefined ? "a unique index" : nameOfCheck(check);
  }

  /** Not for chance, but for variety that repeats. */
  private random(below: number): number {
    this.turn = (this.turn * 48_271) % 2_147_483_647;
    return this.turn % below;
  }
}

export const nameOfCheck = ({ name, expression }: RowCheck) => `${name}: ${expression}`;
