/** MS-TDS, "Packet Header", "Tokens": the numbers of the protocol. */

export const PACKET = {
  batch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  bulk: 0x07,
  transaction: 0x0e,
  login: 0x10,
  prelogin: 0x12,
} as const;

/** Bits of a packet's status byte. */
export const STATUS = { endOfMessage: 0x01, ignore: 0x02, reset: 0x08, resetKeepTransaction: 0x10 } as const;

export const TOKEN = {
  columns: 0x81,
  returnStatus: 0x79,
  error: 0xaa,
  info: 0xab,
  returnValue: 0xac,
  loginAck: 0xad,
  featureExtAck: 0xae,
  row: 0xd1,
  environment: 0xe3,
  done: 0xfd,
  doneProc: 0xfe,
  doneInProc: 0xff,
} as const;

/** Bits of DONE's status. */
export const DONE = { more: 0x0001, error: 0x0002, count: 0x0010, attention: 0x0020 } as const;

export const ENVIRONMENT = {
  database: 1,
  language: 2,
  packetSize: 4,
  collation: 7,
  begin: 8,
  commit: 9,
  rollback: 10,
  reset: 18,
} as const;

/** SQL_Latin1_General_CP1_CI_AS: locale 1033, flags, sort order 52. */
export const COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

/** What a client may make the server hold. */
export const LIMITS = {
  /** Bytes of one message, over all its packets. */
  message: 64 * 1024 * 1024,
  /** Bytes of messages before the login. */
  login: 64 * 1024,
  packet: 32_767,
  parameters: 2100,
  /** Milliseconds for pre-login and login. */
  loginTime: 15_000,
  connections: 1000,
} as const;
