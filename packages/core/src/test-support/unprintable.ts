function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function refuse(): never {
  throw new Error("not readable");
}

/** What a program in JavaScript can throw or return, and how it is described: none of these can be written as text. */
export const UNPRINTABLE: readonly (readonly [name: string, value: unknown, shown: string])[] = [
  ["an object without a prototype", Object.create(null), "an object"],
  ["an object whose toString() throws", { toString: refuse }, "an object"],
  [
    "an error whose message can't be read",
    Object.defineProperty(new Error("x"), "message", { get: refuse }),
    "an Error",
  ],
  [
    "an error whose name can't be read",
    Object.defineProperties(new Error("x"), { name: { get: refuse }, message: { get: refuse } }),
    "an Error",
  ],
  ["a revoked proxy", revoked(), "an object"],
];
