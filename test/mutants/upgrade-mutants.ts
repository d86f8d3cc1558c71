import type { SourceMutant } from "./source-mutants.js";

/** `createUpgradeHandler` with one thing wrong in it, besides what edge-mutants.ts has. */
export const upgradeMutants: readonly SourceMutant[] = [
  {
    name: "an upgrade's handler is called outside of its scope",
    file: "http/node/upgrade.ts",
    changes: [["await binding.inside(async () => {", "await Promise.resolve().then(async () => {"]],
    killedBy: "an-upgrades-handler-is-in-the-scope",
  },
  {
    name: "an upgrade's handler may fail and leave the connection open",
    file: "http/node/upgrade.ts",
    changes: [["      socket.destroy();\n    };", "    };"]],
    killedBy: "a-failed-upgrade-is-closed-and-reported",
  },
  {
    name: "an upgrade's handler may fail and nobody hears of it",
    file: "http/node/upgrade.ts",
    changes: [["      reportFailure(tenantry.events, error);\n", "      void error;\n"]],
    killedBy: "a-failed-upgrade-is-closed-and-reported",
  },
  {
    name: "a failed upgrade is nobody's",
    file: "http/node/upgrade.ts",
    changes: [["      failed(error);\n", "      throw error;\n"]],
    killedBy: "a-failed-upgrade-is-closed-and-reported",
  },
  {
    name: "an upgrade whose client has gone is handled",
    file: "http/node/upgrade.ts",
    changes: [["  if (socket.destroyed) return;\n", ""]],
    killedBy: "an-upgrade-whose-client-has-gone-is-dropped",
  },
  {
    name: "a reset while an upgrade is resolved is nobody's to hear",
    file: "http/node/upgrade.ts",
    changes: [[`    socket.on("error", () => socket.destroy());\n`, ""]],
    killedBy: "an-upgrade-whose-client-has-gone-is-dropped",
  },
];
