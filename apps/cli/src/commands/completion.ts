import { basename } from "node:path";
import { UsageError } from "@keywhen/host";
import { Argument, type Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { act } from "../session.js";
import type { Shell } from "./completion-script.js";

const SHELLS: readonly Shell[] = ["bash", "zsh", "fish"];

const EXAMPLES = `Examples:
  source <(keywhen completion bash)         (in ~/.bashrc)
  source <(keywhen completion zsh)          (in ~/.zshrc)
  keywhen completion fish | source          (in ~/.config/fish/config.fish)
`;

export function addCompletion(program: Command): Command {
  return program
    .command("completion")
    .summary("print a script that completes verbs and options")
    .description("Prints a script that makes a shell complete verbs and options.")
    .addHelpText("before", EXAMPLES)
    .addArgument(
      new Argument("[shell]", `${SHELLS.join(", ")} (default: that of SHELL)`).choices(SHELLS),
    )
    .action(
      act(async ({ output, env }, _options: object, [name = basename(env["SHELL"] ?? "")]) => {
        const shell = readShell(name);
        const { completionScript } = await import("./completion-script.js"); // rarely needed
        const script = completionScript(shell, program);
        await output.bytes(new TextEncoder().encode(script));
        return EXIT.done;
      }),
    );
}

function readShell(name: string): Shell {
  const shell = SHELLS.find((one) => one === name);
  if (shell !== undefined) return shell;
  throw new UsageError(
    name === ""
      ? "No shell is named, and SHELL is not set."
      : `There is no completion for "${name}".`,
    `Give one of ${SHELLS.join(", ")}.`,
  );
}
