import { join } from "node:path";
import { ROOT } from "./public-packages.js";
import { run } from "./run.js";

const PACKED = Symbol.for("keywhen packed");

/** Packs the published packages into packed/, as a reader of the README does, once for all projects of a test run. */
export async function packOnce(): Promise<void> {
  const packing: Promise<unknown> =
    Reflect.get(globalThis, PACKED) ??
    run(process.execPath, [join(ROOT, "tools/pack.mjs")], { cwd: ROOT });
  Reflect.set(globalThis, PACKED, packing);
  await packing;
}

export const setup = packOnce;

/** The tarball of a package as `npm run pack` names it. */
export function tarballOf(name: string): string {
  return join(ROOT, "packed", `${name.replace("@", "").replace("/", "-")}.tgz`);
}
