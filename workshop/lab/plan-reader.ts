import { pathToFileURL } from "node:url";

/** The process in which an attendee's plan is loaded: it may throw, or never end. */
process.once("message", async (file) => {
  const answer = await import(pathToFileURL(String(file)).href).then(
    (module: { rules?: unknown }) => ({ rules: module.rules }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  process.send?.(answer, () => process.disconnect());
});
