import { readXml } from "@keywhen/s3-protocol";
import { describe, expect, it } from "vitest";
import { lifecycleRulesIn, listIn, objectLockIn } from "./answer-xml.js";

describe("listIn()", () => {
  const entry = (key: string) =>
    `<Contents><Key>${key}</Key><LastModified>2026-11-25T08:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>7</Size><Owner><ID>IsTruncated</ID></Owner></Contents>`;

  it("reads a page with its flags before or after its entries", () => {
    const flags =
      "<IsTruncated>true</IsTruncated><EncodingType>url</EncodingType><NextContinuationToken>t&amp;</NextContinuationToken>";
    const lastModified = new Date("2026-11-25T08:00:00Z");
    const expected = {
      Contents: ["a", "b"].map((Key) => ({ Key, Size: 7, LastModified: lastModified })),
      IsTruncated: true,
      EncodingType: "url",
      NextContinuationToken: "t&",
    };
    const entries = entry("a") + entry("b");
    const listOf = (inner: string) =>
      listIn(readXml(`<ListBucketResult xmlns="n">${inner}</ListBucketResult>`));
    expect(listOf(flags + entries)).toEqual(expected);
    expect(listOf(entries + flags)).toEqual(expected);
    const empty = { Contents: [], IsTruncated: false };
    expect(listOf("<IsTruncated>false</IsTruncated>")).toMatchObject(empty);
  });
});

describe("lifecycleRulesIn() and objectLockIn()", () => {
  it("read a bucket's settings as far as they matter", () => {
    const rules = lifecycleRulesIn(
      readXml(`<LifecycleConfiguration>
      <Rule><ID>one</ID><Filter><Prefix>a/</Prefix></Filter><Status>Enabled</Status>
        <Transition><Days>1</Days></Transition><Expiration><Days>7</Days></Expiration></Rule>
      <Rule><ID>two</ID><Filter><And><Prefix>b/</Prefix><Tag><Key>k</Key></Tag></And></Filter>
        <Status>Disabled</Status><NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>
        <Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration></Rule>
      </LifecycleConfiguration>`),
    );
    expect(rules).toMatchObject([
      {
        ID: "one",
        Filter: { Prefix: "a/", Tag: undefined },
        Status: "Enabled",
        Transitions: [{}],
        Expiration: { Days: 7 },
        NoncurrentVersionExpiration: undefined,
      },
      {
        ID: "two",
        Filter: { And: { Prefix: "b/", Tags: [{}] } },
        NoncurrentVersionExpiration: {},
        Expiration: { ExpiredObjectDeleteMarker: true, Days: undefined },
      },
    ]);
    const lock = (inner: string) =>
      objectLockIn(
        readXml(
          `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${inner}</ObjectLockConfiguration>`,
        ),
      );
    const retention = "<Rule><DefaultRetention><Days>1</Days></DefaultRetention></Rule>";
    expect(lock(retention)).toMatchObject({
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: {} },
    });
    expect(lock("")?.Rule?.DefaultRetention).toBeUndefined();
  });
});
