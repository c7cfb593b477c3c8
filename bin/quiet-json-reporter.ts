import process from "node:process";
import { JsonReporter, type Vitest } from "vitest/node";

/** vitest's own, but without a word about its file, which `pierogi test` reads and removes. */
// biome-ignore lint/style/noDefaultExport: vitest asks for one
export default class QuietJsonReporter extends JsonReporter {
  constructor() {
    super({ outputFile: process.env["PIEROGI_TEST_REPORT"] ?? "" });
  }

  override onInit(context: Vitest): void {
    super.onInit(Object.create(context, { logger: { value: { log: () => {} } } }));
  }
}
