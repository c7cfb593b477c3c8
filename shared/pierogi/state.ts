import type { z } from "zod";

/** A stored state that this version cannot read. */
export class UnreadableState extends Error {
  constructor(endpoint: string, schema: number, readable: readonly number[], options?: ErrorOptions) {
    super(
      `stored state of ${endpoint} with schema ${schema} can't be read; this version reads well-formed states of schema ${readable.join(" and ")}: deploy a version that reads it, or mend the document`,
      options,
    );
    this.name = "UnreadableState";
  }
}

/**
 * Reads stored states of the newest schema and of the one before, if there is an `upcast` from that.
 * @throws UnreadableState for any other schema or form
 */
export const stateReader =
  <State>(endpoint: string, schema: number, form: z.ZodType<State>, upcast?: (previous: unknown) => State) =>
  (stored: number, value: unknown): State => {
    const readable = upcast === undefined ? [schema] : [schema, schema - 1];
    if (!readable.includes(stored)) throw new UnreadableState(endpoint, stored, readable);
    try {
      return upcast !== undefined && stored === schema - 1 ? upcast(value) : form.parse(value);
    } catch (cause) {
      throw new UnreadableState(endpoint, stored, readable, { cause });
    }
  };
