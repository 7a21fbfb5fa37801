import { describe, expect, it } from "vitest";
import { escapeXml, readXml } from "./xml.js";

describe("readXml()", () => {
  it.each([
    ["<a>1</a>", "1"],
    ['<?xml version="1.0"?>\n<a xmlns="n">1</a>', "1"],
    ["<a/>", ""],
    ["<a></a>", ""],
    ["<a>&lt;&gt;&amp;&quot;&apos;&#38;&#x1F4C5;</a>", "<>&\"'&\u{1f4c5}"],
    ["<a>&amp;lt;</a>", "&lt;"],
    ["<a>&nbsp;</a>", "&nbsp;"],
    ["\ufeff<a>1</a>", "1"],
  ])("reads the text of %s", (xml, text) => {
    expect(readXml(xml)).toEqual({ name: "a", text, children: [] });
  });

  it("reads elements in elements, in their order", () => {
    const children = ["1", "", "3"].map((text) => ({ name: "k", text, children: [] }));
    const r = { name: "r", text: "", children };
    expect(readXml("<r><k>1</k><k/><k>3</k></r>")).toEqual(r);
    expect(readXml("<o><r><k>1</k><k/><k>3</k></r><r/></o>")?.children).toEqual([
      r,
      { name: "r", text: "", children: [] },
    ]);
  });

  it.each(["", "<a>1", "<a x", "<a/><a/>", "<a>1<b/></a>"])("does not read %j", (xml) => {
    expect(readXml(xml)).toBeUndefined();
  });

  it("refuses a comment in a text", () => {
    expect(() => readXml("<a><!-- 1 -->2</a>")).toThrow(SyntaxError);
  });
});

describe("escapeXml()", () => {
  it("is the inverse of reading", () => {
    const text = `<>&"' &lt; ]]>\u2028`;
    expect(readXml(`<a>${escapeXml(text)}</a>`)?.text).toBe(text);
  });
});
