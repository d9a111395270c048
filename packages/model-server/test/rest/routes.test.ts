import { describe, expect, it } from "vitest";
import { routeOf } from "../../src/rest/routes.ts";
import { parseUri } from "../../src/rest/uri.ts";

describe("REST routes", () => {
  it.each([
    ["GET", "/v1/models/m", { kind: "status", model: { name: "m" } }],
    ["GET", "/V1/MODELS/m/METADATA", { kind: "status", model: { name: "m" } }],
    ["GET", "/v1/models/m/metadata", { kind: "metadata", model: { name: "m" } }],
    [
      "GET",
      "/v1/models/a%2Fb%3Ac+d/versions/007",
      { kind: "status", model: { name: "a/b:c+d", version: 7n } },
    ],
    ["GET", "/v1/models/versions/1", { kind: "status", model: { name: "", version: 1n } }],
    ["GET", "/v1/models", { kind: "status", model: { name: "" } }],
    ["GET", "/v1/models/m/", { kind: "malformed" }],
    ["GET", "/v1/models/m?x=1", { kind: "status", model: { name: "m?x=1" } }],
    ["POST", "/v1/models/m:predict", { kind: "inference", verb: "predict", model: { name: "m" } }],
    [
      "POST",
      "/v1/models/m/labels/a%20b:classify",
      { kind: "inference", verb: "classify", model: { name: "m", label: "a b" } },
    ],
    ["POST", "/v1/models/m:PREDICT", { kind: "malformed" }],
    ["POST", "/v1/models/m/versions/9223372036854775808:predict", { kind: "version-overflow" }],
    ["POST", "/v1/models/m/versions/-1:predict", { kind: "malformed" }],
    ["PUT", "/v1/models/m:predict", { kind: "malformed" }],
  ])("%s %s", (method, path, want) => {
    expect(routeOf(method, path)).toEqual(want);
  });
});

describe("request targets", () => {
  it.each(["/a%zz", "/{a}", "/ü", "/a b", "/a\\b", "x:y z"])("%s is refused", (target) => {
    expect(parseUri(target)).toBeUndefined();
  });

  it("takes apart", () => {
    expect(parseUri("http://h:80/p?q#f")).toEqual({
      scheme: "http",
      host: "h",
      path: "/p",
      query: "q",
      fragment: "f",
    });
    expect(parseUri("//v1/models/m")).toMatchObject({ host: "v1", path: "/models/m" });
    expect(parseUri("/v1/models/m:predict")).toMatchObject({ path: "/v1/models/m:predict" });
  });
});
