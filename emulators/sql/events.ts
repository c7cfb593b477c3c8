/** What happens in the server, for a log or a live view. `spid` is the connection's number. */
export type SqlEvent =
  | { readonly type: "login"; readonly spid: number; readonly user: string; readonly application: string }
  | { readonly type: "closed"; readonly spid: number }
  | { readonly type: "request"; readonly spid: number; readonly kind: RequestKind; readonly text: string }
  | { readonly type: "changed"; readonly spid: number; readonly command: string; readonly rows: number }
  | { readonly type: "transaction"; readonly spid: number; readonly event: "begin" | "commit" | "rollback" }
  /** What a transaction has changed, once it is durable; many rows come in several events. */
  | { readonly type: "committed"; readonly spid: number; readonly rows: readonly ChangedRow[] }
  /** Rows that were there before the server's start, some at a time. */
  | { readonly type: "restored"; readonly rows: readonly ChangedRow[] }
  | { readonly type: "error"; readonly spid: number; readonly number: number; readonly message: string };

export interface ChangedRow {
  /** As declared: `billing.Payments`. */
  readonly table: string;
  /** The row's number in its table, which it keeps. */
  readonly row: number;
  readonly change: "inserted" | "updated" | "deleted";
  /** By column, as text; of a deleted row as it was. */
  readonly values: Readonly<Record<string, string | null>>;
}

/** The requests a client sends, as the counters tell them apart. */
export type RequestKind = "batch" | "rpc" | "transaction" | "attention" | "bulk";

/** Requests so far by kind; `login` counts pre-logins, logins and the batch of SET options that follows one. */
export type RequestCounters = { readonly [kind in RequestKind | "login"]: number };
