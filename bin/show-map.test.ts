import { expect, it } from "vitest";
import { codespacesHosts } from "./show-map.ts";

it("knows the name by which Codespaces forwards its port, and that there is none elsewhere", () => {
  const environment = { CODESPACE_NAME: "box", GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN: "app.github.dev" };
  expect(codespacesHosts(environment, 7073)).toEqual(["box-7073.app.github.dev"]);
  expect(codespacesHosts({}, 7073)).toEqual([]);
});
