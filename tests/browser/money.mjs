// Amounts as the pages print them, as whole fen: figures are compared exactly.

/** `1,234,567.89` as 123456789n. */
export function fen(text) {
  const match = /^(-?)([\d,]+)\.(\d{2})$/.exec(text.trim());
  if (!match) throw new Error(`${JSON.stringify(text)} is no amount`);
  const amount = BigInt(match[2].replaceAll(",", "") + match[3]);
  return match[1] ? -amount : amount;
}

/** 123456789n as `1,234,567.89`. */
export function yuan(amount) {
  const sign = amount < 0n ? "-" : "";
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}${whole}.${digits.slice(-2)}`;
}
