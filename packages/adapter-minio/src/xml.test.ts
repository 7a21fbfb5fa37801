import { describe, expect, it } from "vitest";
import { lifecycleRulesIn, objectLockIn } from "./bucket-settings-xml.js";
import { completionXml, deletionXml, listIn } from "./s3-xml.js";
import { elementsOf, escapeXml, rootOf, textOf } from "./xml.js";

describe("textOf()", () => {
  it.each([
    ["<a>1</a>", "1"],
    ["<x><a>1</a><a>2</a></x>", "1"],
    ["<ab>0</ab><a>1</a>", "1"],
    ['<a xmlns="n">1</a>', "1"],
    ["<a/>", ""],
    ["<a></a>", ""],
    ["<a>&lt;&gt;&amp;&quot;&apos;&#38;&#x1F4C5;</a>", "<>&\"'&\u{1f4c5}"],
    ["<a>&amp;lt;</a>", "&lt;"],
    ["<b>1</b>", undefined],
  ])("reads %s", (xml, text) => {
    expect(textOf(xml, "a")).toBe(text);
  });

  it.each(["<a>1", "<a x", "<a><b>1</b></a>"])("does not make sense of %s", (xml) => {
    expect(() => textOf(xml, "a")).toThrow(SyntaxError);
  });
});

describe("escapeXml()", () => {
  it("is undone by textOf()", () => {
    const text = `<>&"' &lt; ]]>`;
    expect(textOf(`<a>${escapeXml(text)}</a>`, "a")).toBe(text);
  });
});

describe("elementsOf()", () => {
  it("gives each in turn", () => {
    expect([...elementsOf("<r><k>1</k><kk>2</kk><k/><k>3</k></r>", "k")]).toEqual(["1", "", "3"]);
    expect(rootOf('<?xml version="1.0"?>\n<r><k/></r>')).toBe("r");
  });
});

describe("listIn()", () => {
  const entry = (key: string) =>
    `<Contents><Key>${key}</Key><LastModified>2026-11-25T08:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>7</Size><Owner><ID>IsTruncated</ID></Owner></Contents>`;

  it("reads a page, its flags before or after its entries", () => {
    const flags =
      "<IsTruncated>true</IsTruncated><EncodingType>url</EncodingType><NextContinuationToken>t&amp;</NextContinuationToken>";
    const expected = {
      Contents: ["a", "b"].map((Key) => ({
        Key,
        Size: 7,
        LastModified: new Date("2026-11-25T08:00:00Z"),
      })),
      IsTruncated: true,
      EncodingType: "url",
      NextContinuationToken: "t&",
    };
    const entries = entry("a") + entry("b");
    const around = (inner: string) => `<ListBucketResult xmlns="n">${inner}</ListBucketResult>`;
    expect(listIn(around(flags + entries))).toEqual(expected);
    expect(listIn(around(entries + flags))).toEqual(expected);
    expect(listIn(around("<IsTruncated>false</IsTruncated>"))).toMatchObject({
      Contents: [],
      IsTruncated: false,
    });
  });
});

describe("what is asked", () => {
  it("names keys and parts, escaped", () => {
    expect(deletionXml(["a&b"])).toContain("<Object><Key>a&amp;b</Key></Object>");
    expect(completionXml([{ PartNumber: 1, ETag: '"e"' }])).toContain(
      "<Part><PartNumber>1</PartNumber><ETag>&quot;e&quot;</ETag></Part>",
    );
  });
});

describe("a bucket's settings", () => {
  it("are read as far as they matter", () => {
    const rules = lifecycleRulesIn(`<LifecycleConfiguration>
      <Rule><ID>one</ID><Filter><Prefix>a/</Prefix></Filter><Status>Enabled</Status>
        <Transition><Days>1</Days></Transition><Expiration><Days>7</Days></Expiration></Rule>
      <Rule><ID>two</ID><Filter><And><Prefix>b/</Prefix><Tag><Key>k</Key></Tag></And></Filter>
        <Status>Disabled</Status><NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>
        <Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration></Rule>
      </LifecycleConfiguration>`);
    expect(rules).toMatchObject([
      { ID: "one", Prefix: "a/", Status: "Enabled", Transitions: [{}], Expiration: { Days: 7 } },
      {
        ID: "two",
        Prefix: "b/",
        Filter: { Tag: {} },
        NoncurrentVersionExpiration: {},
        Expiration: { ExpiredObjectDeleteMarker: true, Days: undefined },
      },
    ]);
    expect(rules[0]).toMatchObject({ Filter: undefined, NoncurrentVersionExpiration: undefined });
    const lock = (inner: string) =>
      objectLockIn(
        `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${inner}</ObjectLockConfiguration>`,
      );
    const retention = "<Rule><DefaultRetention><Days>1</Days></DefaultRetention></Rule>";
    expect(lock(retention)).toEqual({
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: {} },
    });
    expect(lock("")?.Rule?.DefaultRetention).toBeUndefined();
  });
});
