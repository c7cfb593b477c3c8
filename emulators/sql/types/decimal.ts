/** Exact numerics: a bigint in units of 10^-scale. */

const POWERS: bigint[] = [1n];

/** 10^n. */
export function pow10(n: number): bigint {
  for (let i = POWERS.length; i <= n; i++) POWERS.push((POWERS[i - 1] ?? 1n) * 10n);
  return POWERS[n] ?? 1n;
}

/** Brings a value to another scale; fewer digits round half away from zero, or are cut. */
export function rescale(value: bigint, from: number, to: number, cut = false): bigint {
  if (to >= from) return value * pow10(to - from);
  const unit = pow10(from - to);
  if (cut) return value / unit;
  const half = unit / 2n;
  return (value + (value < 0n ? -half : half)) / unit;
}

/** The decimal text of a value: 150n of scale 2 is "1.50". */
export function decimalText(value: bigint, scale: number): string {
  if (scale === 0) return value.toString();
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Reads digits with an optional point and exponent; undefined if the text is no number. */
export function parseDecimal(text: string): { value: bigint; scale: number; digits: number } | undefined {
  const match = /^\s*([+-]?)\s*(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?\s*$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole + fraction === "") return undefined;
  const shift = Number(exponent);
  const scale = fraction.length - shift;
  const magnitude = BigInt(whole + fraction);
  const value = (sign === "-" ? -magnitude : magnitude) * pow10(Math.max(0, -scale));
  const significant = whole.replace(/^0+/, "").length;
  return { value, scale: Math.max(0, scale), digits: Math.max(significant + fraction.length, 1) };
}

/** Whether the value has at most so many digits. */
export const fits = (value: bigint, precision: number): boolean => {
  const limit = pow10(precision);
  return value < limit && value > -limit;
};
