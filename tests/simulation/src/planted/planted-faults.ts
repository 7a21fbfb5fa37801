import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** A small change to core, or to recurring schedules, that a good simulation finds. */
export interface PlantedFault {
  readonly name: string;
  /** Below `packages`. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The seed to begin at, where few worlds show the fault. */
  readonly from: number;
}

const CHECKOUT = join(createRequire(import.meta.url).resolve("@keywhen/core"), "../../../../");
export const PACKAGES = join(CHECKOUT, "packages/");
const TABLE = join(CHECKOUT, "tests/simulation/src/planted/faults.txt");

export const PLANTED_FAULTS: readonly PlantedFault[] = readFileSync(TABLE, "utf8")
  .split(/^@ /m)
  .flatMap((section) => {
    const [file = "", ...faults] = section.split(/^\* /m);
    return faults.map((text) => readFault(file.trim(), text));
  });

function readFault(file: string, text: string): PlantedFault {
  const [name = "", ...lines] = text.split("\n");
  const linesAfter = (mark: string) =>
    lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length));
  return {
    name,
    file,
    find: linesAfter("- ").join("\n"),
    replace: linesAfter("+ ").join("\n"),
    from: Number(linesAfter("from ")[0] ?? 1),
  };
}
