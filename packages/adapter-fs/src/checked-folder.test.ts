import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LINUX, skipUnless } from "@keywhen/test-servers";
import { expect, it } from "vitest";
import { temporaryFolder } from "../fixtures/temporary-store.js";
import { removeFile, renameChecked } from "./checked-folder.js";

skipUnless(it, LINUX)(
  "a change behind a link in the middle of a path is denied, and the file outside stays",
  async () => {
    const [inside, outside] = [await temporaryFolder(), await temporaryFolder()];
    await mkdir(join(outside, "sub"));
    await writeFile(join(outside, "sub/secret"), "kept");
    await symlink(outside, join(inside, "link"));
    const path = join(inside, "link/sub/secret");
    await expect(removeFile(path)).rejects.toThrow("links are not followed");
    await expect(renameChecked(path, join(inside, "taken"))).rejects.toThrow(
      "links are not followed",
    );
    expect(await readFile(join(outside, "sub/secret"), "utf8")).toBe("kept");
  },
);
