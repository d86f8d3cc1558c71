import { tenancy } from "../lib/tenancy";
import { tenantry } from "../lib/tenantry";
import { addNote } from "./actions";

interface Note {
  readonly id: number;
  readonly body: string;
}

export default tenancy.wrap(async function Page() {
  const { name } = tenantry().scope().tenant;
  const { rows } = await tenantry().db.query<Note>("select id, body from note order by id");
  return (
    <main>
      <h1>{name}</h1>
      <ul>
        {rows.map(({ id, body }) => (
          <li key={id}>{body}</li>
        ))}
      </ul>
      <form action={addNote}>
        <input name="body" aria-label="Note" required maxLength={200} />
        <button>Add</button>
      </form>
    </main>
  );
});
