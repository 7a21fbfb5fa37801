import type { Command, Option } from "commander";

export type Shell = "bash" | "zsh" | "fish";

/** What can follow a command. */
interface Place {
  /** The verbs so far, each with a space before it: `""`, `" dead"`, `" dead list"`. */
  readonly at: string;
  readonly verbs: readonly Command[];
  readonly options: readonly Option[];
  /** The values of its first argument, if it has choices. */
  readonly values: readonly string[];
}

/**
 * Returns a script that makes a shell complete verbs, options, the values of options with choices, and file names for other
 * values. The script is self-contained: the shell does not start keywhen to complete a word.
 */
export function completionScript(shell: Shell, program: Command): string {
  const places = placesIn(program, "");
  if (shell === "fish") return fishScript(places);
  return shell === "bash" ? bashScript(places) : ZSH_READS_BASH + bashScript(places);
}

function placesIn(command: Command, at: string): readonly Place[] {
  const help = command.createHelp();
  const verbs = help.visibleCommands(command);
  const values = command.registeredArguments[0]?.argChoices ?? [];
  const place = { at, verbs, options: help.visibleOptions(command), values };
  return [place, ...verbs.flatMap((verb) => placesIn(verb, `${at} ${verb.name()}`))];
}

const ZSH_READS_BASH = `autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
`;

/** zsh reads it too, so it avoids the names `path` and `words`, which are special there. */
function bashScript(places: readonly Place[]): string {
  const offered = places.map(
    ({ at, verbs, options, values }) =>
      `    "${at}") offered="${[...verbs.map((verb) => verb.name()), ...values, ...flagsOf(options)].join(" ")}" valued=" ${flagsOf(options.filter(takesValue)).join(" ")} " ;;`,
  );
  const chosen = places.flatMap(({ at, options }) =>
    options.flatMap(({ long, argChoices }) =>
      argChoices === undefined
        ? []
        : `    "${at} ${long}") COMPREPLY=($(compgen -W "${argChoices.join(" ")}" -- "\${COMP_WORDS[COMP_CWORD]}")); return ;;`,
    ),
  );
  return `_keywhen() {
  local at= index offered= valued=
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$at \${COMP_WORDS[index]}" in
      ${caseOf(places)}) at="$at \${COMP_WORDS[index]}" ;;
    esac
  done
  case "$at" in
${offered.join("\n")}
  esac
  COMPREPLY=()
  case "$at \${COMP_WORDS[COMP_CWORD - 1]}" in
${chosen.join("\n")}
  esac
  case "$valued" in *" \${COMP_WORDS[COMP_CWORD - 1]} "*) return ;; esac
  COMPREPLY=($(compgen -W "$offered" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _keywhen keywhen
`;
}

function fishScript(places: readonly Place[]): string {
  const lines = places.flatMap(({ at, verbs, options, values }) => {
    const here = `complete -c keywhen -n '__keywhen_at "${at}"'`;
    return [
      ...verbs.map((verb) => `${here} -f -a ${verb.name()} -d ${quote(verb.summary())}`),
      ...values.map((value) => `${here} -f -a ${value}`),
      ...options.map((option) => `${here} ${fishFlags(option)} -d ${quote(option.description)}`),
    ];
  });
  return `function __keywhen_at
    set -l at
    for word in (commandline -opc)[2..]
        switch "$at $word"
            case ${caseOf(places).replaceAll(" | ", " ")}
                set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
${lines.join("\n")}
`;
}

function caseOf(places: readonly Place[]): string {
  return places.flatMap(({ at }) => (at === "" ? [] : [`"${at}"`])).join(" | ");
}

function flagsOf(options: readonly Option[]): string[] {
  return options.flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined));
}

function fishFlags(option: Option): string {
  const short = option.short === undefined ? [] : [`-s ${option.short.slice(1)}`];
  const long = option.long === undefined ? [] : [`-l ${option.long.slice(2)}`];
  return [...short, ...long, fishValue(option)].join(" ");
}

function fishValue(option: Option): string {
  if (option.argChoices !== undefined) return `-x -a ${quote(option.argChoices.join(" "))}`;
  return takesValue(option) ? "-r" : "-f";
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
