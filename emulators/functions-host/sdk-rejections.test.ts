import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { surviveSdkRejections } from "./sdk-rejections.ts";

function surviving() {
  const process = new EventEmitter();
  const lines: string[] = [];
  surviveSdkRejections(process, ({ message }) => lines.push(message));
  return { lines, reject: (reason: unknown) => process.emit("unhandledRejection", reason) };
}

/** As rhea makes it of what comes over the wire: its fields are accessors of a prototype. */
class Composite {
  readonly value = ["com.microsoft:session-lock-lost", "The session lock has expired."];
  get condition() {
    return this.value[0];
  }
  get description() {
    return this.value[1];
  }
}

it("an AMQP error that the SDK dropped is told, and the host goes on", () => {
  const { lines, reject } = surviving();
  reject(new Composite());
  expect(lines).toEqual([
    'The Service Bus SDK did not handle "com.microsoft:session-lock-lost": The session lock has expired.',
  ]);
});

it("any other rejection that nobody handles still ends the process", () => {
  const { reject } = surviving();
  const defect = new Error("a defect");
  expect(() => reject(defect)).toThrow(defect);
  expect(() => reject("text")).toThrow("text");
});
