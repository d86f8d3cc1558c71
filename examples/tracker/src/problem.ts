/** Something that whoever starts the tracker can put right: shown without a stack. */
export class Problem extends Error {
  override readonly name = "Problem";
}
