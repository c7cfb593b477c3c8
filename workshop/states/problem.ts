/** Something that its message explains in full, with what to do: shown without a stack. */
export class WorkshopError extends Error {
  override name = "WorkshopError";
}
