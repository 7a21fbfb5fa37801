/** Ctrl-C at a question: nothing has been done, and nothing is to be said. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
