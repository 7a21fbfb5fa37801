import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import {
  type OpenedDestination,
  proveDestination,
  type ReceivedEvent,
} from "../../../../packages/store-conformance/src/destination.js";
import { command } from "./command.js";

/** Keeps each payload and its environment in a folder, once it has all of it. */
const SCRIPT = `how=$(cat "$FOLDER/how")
one=$(mktemp -d "$FOLDER/partly.XXXXXX")
cat > "$one/body"
printf %s "$KEYWHEN_KEY" > "$one/key"
printf %s "$KEYWHEN_DELIVERY_ID" > "$one/id"
[ "$how" = fail ] && exit 1
[ "$how" = never ] && sleep 60
mv "$one" "$FOLDER/taken.$(date +%s%N).$$"`;

function openCommand(): OpenedDestination {
  const folder = mkdtempSync(join(tmpdir(), "keywhen-command-"));
  const answer = (how: string) => writeFileSync(join(folder, "how"), how);
  answer("take");
  const received = (): readonly ReceivedEvent[] =>
    readdirSync(folder)
      .filter((name) => name.startsWith("taken."))
      .sort()
      .map((name) => {
        const read = (file: string) => readFileSync(join(folder, name, file));
        const [key, deliveryId] = [String(read("key")), String(read("id"))];
        return { body: new Uint8Array(read("body")), key, deliveryId };
      });
  const env = { PATH: process.env["PATH"], FOLDER: folder };
  return {
    destination: command(SCRIPT, { env, onOutput: () => {} }),
    answer,
    received,
    close: async () => {
      if (existsSync(folder)) rmSync(folder, { recursive: true, maxRetries: 5 });
    },
  };
}

proveDestination({
  describe,
  it,
  name: "the destination of --exec",
  open: openCommand,
  without: ["reject", "slow-down"],
});
