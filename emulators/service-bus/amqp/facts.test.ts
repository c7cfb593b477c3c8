import rhea from "rhea";
import { expect, test } from "vitest";
import { factsOfContent } from "./facts.ts";

const facts = (message: rhea.Message) => factsOfContent(rhea.message.encode(message));

test("a message's type is its subject, else its property of that name", () => {
  const application_properties = { type: "Other" };
  expect(facts({ body: 0, subject: "AddItem", application_properties }).messageType).toBe("AddItem");
  expect(facts({ body: 0, application_properties }).messageType).toBe("Other");
  expect(facts({ body: 0 }).messageType).toBeUndefined();
});

test("what a message is about is its session, else its partition", () => {
  const message_annotations = { "x-opt-partition-key": "p" };
  expect(facts({ body: 0, group_id: "s", message_annotations }).aggregate).toBe("s");
  expect(facts({ body: 0, message_annotations }).aggregate).toBe("p");
});

test("bytes that are no message have no facts", () => {
  expect(factsOfContent(Buffer.from("no AMQP"))).toEqual({});
});
