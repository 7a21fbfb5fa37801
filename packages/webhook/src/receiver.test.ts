import { describe, expect, it } from "vitest";
import { readReceiver } from "./receiver.js";

describe("readReceiver()", () => {
  it("keeps the path and the query out of what it shows", () => {
    expect(readReceiver("https://hooks.example.com:8443/T0/secret?token=1#top")).toEqual({
      url: "https://hooks.example.com:8443/T0/secret?token=1",
      authorization: undefined,
      shown: "https://hooks.example.com:8443",
    });
  });

  it("makes a header of a user name and a password", () => {
    const receiver = readReceiver(new URL("https://user:p%C3%A4ss@example.com/"));
    expect(receiver).toMatchObject({
      url: "https://example.com/",
      authorization: `Basic ${Buffer.from("user:päss").toString("base64")}`,
      shown: "https://example.com",
    });
    const { authorization } = readReceiver("https://u:100%@example.com/");
    expect(authorization).toBe(`Basic ${Buffer.from("u:100%").toString("base64")}`);
  });

  it.each([
    "http://localhost:3000/due",
    "http://app.localhost/",
    "http://127.0.0.1/",
    "http://0x7f.1/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://172.31.255.1/",
    "http://192.168.1.1/",
    "http://169.254.1.1/",
    "http://100.64.0.1/",
    "http://100.127.0.1/",
    "http://[::1]:3000/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
    "http://app:3000/due",
    "http://app.default.svc.cluster.local/",
    "http://app.internal/",
    "http://nas.home.arpa/",
  ])("accepts %s, which is not on the public internet", (url) => {
    expect(readReceiver(url).url).toBe(new URL(url).href);
  });

  it.each([
    "http://example.com/",
    "http://8.8.8.8/",
    "http://172.32.0.1/",
    "http://100.128.0.1/",
    "http://11.0.0.1/",
    "http://[2001:db8::1]/",
    "http://[fc::1]/",
    "http://[fd::1]/",
    "http://[fe8::1]/",
    "http://local.example.com/",
    "http://10.example.com/",
  ])("refuses %s unless allowHttp is set", (url) => {
    expect(() => readReceiver(url)).toThrow(
      expect.objectContaining({
        code: "invalid-option",
        message: expect.stringContaining("allowHttp"),
      }),
    );
    expect(readReceiver(url, true).url).toBe(url);
  });

  it.each([undefined, 42, {}, "", "example.com/hooks", "ftp://u:secret@h/secret", "//secret/x"])(
    "refuses %j without showing it",
    (url) => {
      expect(() => readReceiver(url)).toThrow(
        expect.objectContaining({
          code: "invalid-option",
          message: expect.not.stringContaining("secret"),
        }),
      );
    },
  );
});
