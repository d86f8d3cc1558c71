import type { Relation } from "./relation.js";

/** Whether a view reads with the rights of whoever asks. */
export function isInvoker({ options }: Relation): boolean {
  return hasOption(options, "security_invoker");
}

export function isBarrier({ options }: Relation): boolean {
  return hasOption(options, "security_barrier");
}

function hasOption(options: readonly string[], name: string): boolean {
  return options.some((option) => {
    const [key, value = "true"] = option.split("=");
    return key === name && /^(true|on|yes|1)$/i.test(value);
  });
}
