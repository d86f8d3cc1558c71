import { isTenantryError, type Tenantry } from "tenantry";

/** Stands in every error that the application throws; no answer may show any of it. */
export const secretText = "select password from users where name = 'hunter2'";

export function failWithSecret(): never {
  const detail = "Key (email)=(hunter2@example.com) already exists.";
  throw Object.assign(new Error(secretText), { detail, query: secretText, status: 418 });
}

/** What the hosts' handlers share: how to look at the scope, and where to note what was seen. */
export interface Application {
  readonly tenantry: Tenantry;
  /** What was seen out of a response's sight, by the `id` of the request's query. */
  readonly notes: Map<string, string[]>;
  /** Handlers of `/slow` wait for this. */
  gate: Promise<unknown>;
}

export function createApplication(tenantry: Tenantry): Application {
  return { tenantry, notes: new Map(), gate: Promise.resolve() };
}

/** The slug of the active tenant, or the code of the error that there is none. */
export function here({ tenantry }: Application): string {
  try {
    return tenantry.scope().tenant.slug;
  } catch (error) {
    return isTenantryError(error) ? error.code : "crashed";
  }
}

export function note(application: Application, id: string | null, place: string): void {
  const notes = application.notes.get(id ?? "") ?? [];
  notes.push(`${place}: ${here(application)}`);
  application.notes.set(id ?? "", notes);
}

export const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Looks at the scope wherever one call of a handler can get to by itself. */
export async function everywhere(application: Application): Promise<string[]> {
  const seen = [here(application)];
  const look = (resolve: () => void) => () => {
    seen.push(here(application));
    resolve();
  };
  await Promise.resolve();
  seen.push(here(application));
  await new Promise<void>((resolve) => setTimeout(look(resolve), Math.random() * 5));
  await new Promise<void>((resolve) => setImmediate(look(resolve)));
  await new Promise<void>((resolve) => process.nextTick(look(resolve)));
  await new Promise<void>((resolve) => queueMicrotask(look(resolve)));
  seen.push(here(application));
  return seen;
}

/** Five pieces of a response, made as they are asked for, each with the scope it was made in. */
export async function* pieces(application: Application): AsyncGenerator<Buffer> {
  for (let count = 0; count < 5; count += 1) {
    await pause(3);
    yield Buffer.from(`${here(application)} `);
  }
}

/** Pieces without end; notes what asked for the last one when the client has gone. */
export async function* untilClosed(
  application: Application,
  id: string | null,
): AsyncGenerator<Buffer> {
  try {
    for (;;) {
      await pause(1);
      yield Buffer.from(`${here(application)} `.repeat(500));
    }
  } finally {
    note(application, id, "stopped");
  }
}

export async function* brokenPieces(): AsyncGenerator<Buffer> {
  yield Buffer.from("begun ");
  await pause(5);
  failWithSecret();
}

/** A stream that makes a piece each time its consumer asks for one. */
export function pulled(source: AsyncGenerator<Buffer>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
    async cancel() {
      await source.return(undefined);
    },
  });
}

export interface Project {
  readonly id: string;
  readonly name: string;
}

export async function projects({ tenantry }: Application): Promise<readonly string[]> {
  const { rows } = await tenantry.db.query<Project>("select name from projects order by name");
  return rows.map(({ name }) => name);
}

export async function project({ tenantry }: Application, id: string): Promise<Project | undefined> {
  const { rows } = await tenantry.db.query<Project>("select id, name from projects where id = $1", [
    id,
  ]);
  return rows[0];
}
