/** The I/O steps that a store's adapter issues, each one request to the database. */
export type StoreStep =
  /** State and record in one request (deadline mode). */
  | "load"
  | "load state"
  | "load record"
  | "commit"
  | "load item"
  | "remove"
  | "pending"
  | "create request"
  | "load request";
