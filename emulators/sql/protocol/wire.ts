/** Numbers of the types on the wire ("Data Type Definitions"). */
export const WIRE = {
  null: 0x1f,
  guid: 0x24,
  intn: 0x26,
  date: 0x28,
  time: 0x29,
  datetime2: 0x2a,
  datetimeoffset: 0x2b,
  tinyint: 0x30,
  bit: 0x32,
  smallint: 0x34,
  int: 0x38,
  smalldatetime: 0x3a,
  real: 0x3b,
  money: 0x3c,
  datetime: 0x3d,
  float: 0x3e,
  bitn: 0x68,
  decimaln: 0x6a,
  numericn: 0x6c,
  floatn: 0x6d,
  moneyn: 0x6e,
  datetimen: 0x6f,
  smallmoney: 0x7a,
  bigint: 0x7f,
  varbinary: 0xa5,
  varchar: 0xa7,
  binary: 0xad,
  char: 0xaf,
  nvarchar: 0xe7,
  nchar: 0xef,
} as const;

export const NO_LENGTH = 0xffff;
export const PLP_NULL = 0xffff_ffff_ffff_ffffn;
export const PLP_UNKNOWN = 0xffff_ffff_ffff_fffen;

/** Bytes of a time of day with so many digits of a second. */
export const timeBytes = (scale: number): number => (scale <= 2 ? 3 : scale <= 4 ? 4 : 5);

/** Bytes of a decimal with its sign. */
export const decimalBytes = (precision: number): number =>
  precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
