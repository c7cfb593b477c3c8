import { sqlError, unsupported } from "../errors/sql-error.ts";
import { encodeCodePage } from "./code-page.ts";
import type { Convert, ConvertOptions } from "./conversion.ts";
import { guidBytes, guidText, parseGuid } from "./guid.ts";
import { familyOf, isInteger, isNational, type SqlType, typeName } from "./sql-type.ts";

/** To binary and varbinary. */
export function toBinary(from: SqlType, to: SqlType, { style }: ConvertOptions): Convert {
  const fitted = (bytes: Buffer): Buffer => {
    if (bytes.length > to.length) return bytes.subarray(0, to.length);
    return to.kind === "binary" && bytes.length < to.length
      ? Buffer.concat([bytes, Buffer.alloc(to.length - bytes.length)])
      : bytes;
  };
  switch (familyOf(from)) {
    case "binary":
      return (v) => fitted(v as Buffer);
    case "text":
      return (v) => {
        const text = v as string;
        if (style === 1 || style === 2) {
          const hex = style === 1 ? (/^0x([0-9a-f]*)$/i.exec(text)?.[1] ?? "!") : text;
          if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(hex))
            throw sqlError(8114, typeName(from), typeName(to));
          return fitted(Buffer.from(hex, "hex"));
        }
        return fitted(isNational(from) ? Buffer.from(text, "utf16le") : encodeCodePage(text));
      };
    case "guid":
      return (v) => fitted(guidBytes(v as string));
    case "exact": {
      if (!isInteger(from)) throw unsupported(`Conversion from ${typeName(from)} to ${typeName(to)}`);
      const size = from.kind === "bigint" ? 8 : from.kind === "int" ? 4 : from.kind === "smallint" ? 2 : 1;
      return (v) => {
        const width =
          to.length === Number.POSITIVE_INFINITY
            ? size
            : to.kind === "binary"
              ? to.length
              : Math.min(size, to.length);
        const hex = BigInt.asUintN(width * 8, v as bigint)
          .toString(16)
          .padStart(width * 2, "0");
        return Buffer.from(hex, "hex");
      };
    }
    default:
      throw sqlError(529, typeName(from), typeName(to));
  }
}

/** To uniqueidentifier. */
export function toGuid(from: SqlType): Convert {
  switch (familyOf(from)) {
    case "guid":
      return (v) => v;
    case "text":
      return (v) => {
        const guid = parseGuid(v as string);
        if (guid === undefined) throw sqlError(8169);
        return guid;
      };
    case "binary":
      return (v) => guidText(Buffer.concat([v as Buffer, Buffer.alloc(16)]).subarray(0, 16));
    default:
      throw sqlError(206, typeName(from), "uniqueidentifier");
  }
}
