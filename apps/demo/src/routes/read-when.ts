import type { When } from "@keywhen/core";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { ApiFailure } from "../api-failure.js";
import { check, whenCheck, whenOf } from "../checks.js";

/** For calls whose body is a small JSON object. */
export const smallBody = bodyLimit({
  maxSize: 10_000,
  onError: () => {
    throw new ApiFailure(413, "too-large", "The body of this call is at most 10 kB.");
  },
});

/** The `{at}` or `{in}` that a call holds; `undefined` for `{}` or nothing. */
export async function readWhen(c: Context): Promise<When | undefined> {
  const text = await c.req.text();
  const given = check(whenCheck, text === "" ? {} : parseJson(text));
  return given.at === undefined && given.in === undefined ? undefined : whenOf(given);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiFailure(
      400,
      "invalid-request",
      'The body is not valid JSON. Send {"in":"10m"} or {"at":"…"}.',
    );
  }
}
