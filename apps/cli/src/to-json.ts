import { visibleJson } from "@keywhen/host";

/** One line of JSON, as `--json` prints it: what the API returns, with errors as their code and message. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value, (_, member: unknown) =>
    member instanceof Error ? errorFields(member) : member,
  );
  return visibleJson(json);
}

function errorFields(error: Error): { code: unknown; message: string } {
  return { code: "code" in error ? error.code : "unexpected", message: error.message };
}
