/** A file that was read as a payload changed its size meanwhile: the event would hold neither its old nor its new content. */
export class ChangedFileError extends Error {
  override readonly name = "ChangedFileError";
  readonly hint: string;

  constructor(file: string, change: "grew" | "shrank") {
    super(`${file} ${change} while it was read, so it was not stored.`);
    this.hint =
      "Copy it first and give the copy, or pipe it in: its content up to now, without a fixed length.";
  }
}
