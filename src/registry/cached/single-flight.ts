/** Runs `work`, or joins the run of the same name that is under way. Failures are shared too. */
export type SingleFlight<T> = (name: string, work: () => Promise<T>) => Promise<T>;

export function createSingleFlight<T>(): SingleFlight<T> {
  const underWay = new Map<string, Promise<T>>();
  return (name, work) => {
    const running = underWay.get(name);
    if (running !== undefined) return running;
    const started = work().finally(() => underWay.delete(name));
    underWay.set(name, started);
    return started;
  };
}
