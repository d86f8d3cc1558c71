import type { Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A table is truncated",
  stoppedBy: ["42501"],
  fire: async ({ run, comment, note }) => [
    await run(`truncate ${comment}`),
    await run(`truncate ${note} cascade`),
  ],
};
