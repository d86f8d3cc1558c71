const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Resolves at the first signal that asks us to end; a second one ends the process at once. */
export function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const listener = (signal: NodeJS.Signals) => {
      for (const ending of endings) process.off(ending, listener);
      resolve(signal);
    };
    for (const ending of endings) process.on(ending, listener);
  });
}
