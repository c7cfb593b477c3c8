/** SET options by what they do here. */

/** Switches that this server obeys. */
export const SWITCHES = new Set(["XACT_ABORT", "NOCOUNT", "IMPLICIT_TRANSACTIONS"]);

/** Switches that have one supported position: any other is refused. */
export const FIXED: Record<string, boolean> = {
  ANSI_NULLS: true,
  ANSI_NULL_DFLT_ON: true,
  ANSI_PADDING: true,
  ANSI_WARNINGS: true,
  ARITHABORT: true,
  CONCAT_NULL_YIELDS_NULL: true,
  QUOTED_IDENTIFIER: true,
  ANSI_DEFAULTS: true,
  CURSOR_CLOSE_ON_COMMIT: false,
  NUMERIC_ROUNDABORT: false,
  FMTONLY: false,
  NOEXEC: false,
  PARSEONLY: false,
};

/** Options with a value. */
export const SETTINGS = new Set([
  "LOCK_TIMEOUT",
  "DEADLOCK_PRIORITY",
  "TEXTSIZE",
  "DATEFIRST",
  "DATEFORMAT",
  "LANGUAGE",
  "ROWCOUNT",
  "CONTEXT_INFO",
]);
