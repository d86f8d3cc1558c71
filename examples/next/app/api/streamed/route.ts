import { tenancy } from "../../../lib/tenancy";
import { tenantry } from "../../../lib/tenantry";

/** A note a chunk, each asked for when the client takes it. */
export const GET = tenancy.route(() => {
  let id = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      id += 1;
      const { rows } = await tenantry().db.query<{ body: string }>(
        "select body from note where id = $1",
        [id],
      );
      const note = rows[0];
      if (note === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(`${note.body}\n`));
    },
  });
  return new Response(body);
});
