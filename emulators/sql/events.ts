/** What happens in the server, for a log or a live view. `spid` is the connection's number. */
export type SqlEvent =
  | { readonly type: "login"; readonly spid: number; readonly user: string; readonly application: string }
  | { readonly type: "closed"; readonly spid: number }
  | { readonly type: "request"; readonly spid: number; readonly kind: RequestKind; readonly text: string }
  | { readonly type: "changed"; readonly spid: number; readonly command: string; readonly rows: number }
  | { readonly type: "transaction"; readonly spid: number; readonly event: "begin" | "commit" | "rollback" }
  | { readonly type: "error"; readonly spid: number; readonly number: number; readonly message: string };

/** The requests a client sends, as the counters tell them apart. */
export type RequestKind = "batch" | "rpc" | "transaction" | "attention" | "bulk";

/** Requests so far by kind; `login` counts pre-logins, logins and the batch of SET options that follows one. */
export type RequestCounters = { readonly [kind in RequestKind | "login"]: number };
