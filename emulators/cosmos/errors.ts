/** A request's refusal, as the service words it: HTTP status, sub-status and a message for the developer. */
export class CosmosError extends Error {
  readonly status: number;
  readonly substatus: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    options: { substatus?: number; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CosmosError";
    this.status = status;
    this.substatus = options.substatus;
    this.headers = options.headers ?? {};
  }
}

/** The `code` of an error's body, by status. */
export const ERROR_CODES: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  408: "RequestTimeout",
  409: "Conflict",
  410: "Gone",
  412: "PreconditionFailed",
  413: "RequestEntityTooLarge",
  424: "FailedDependency",
  429: "TooManyRequests",
  449: "RetryWith",
  500: "InternalServerError",
  503: "ServiceUnavailable",
};

/** Sub-statuses that SDKs look at. */
export const SUBSTATUS = {
  partitionKeyMismatch: 1001,
  readSessionNotAvailable: 1002,
} as const;

export const badRequest = (message: string, cause?: unknown): CosmosError =>
  new CosmosError(400, message, { cause });

/** For what the real service can do and this server cannot: named, and never ignored. */
export const unsupported = (what: string, instead = ""): CosmosError =>
  new CosmosError(400, `This server does not support ${what}.${instead === "" ? "" : ` ${instead}`}`);

export const notFound = (what: string): CosmosError => new CosmosError(404, `${what} does not exist.`);

export const conflict = (what: string): CosmosError => new CosmosError(409, `${what} already exists.`);

export const preconditionFailed = (message: string): CosmosError => new CosmosError(412, message);

export const tooLarge = (what: string, bytes: number, limit: number): CosmosError =>
  new CosmosError(413, `${what} is ${bytes} bytes; the limit is ${limit}.`);
