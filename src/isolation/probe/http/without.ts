type Texts = Readonly<Record<string, string>>;

/** The same without one of them. */
export function without(name: string, texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([each]) => each !== name));
}
