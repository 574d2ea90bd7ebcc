/** Nats with two decimals; the standard errors that we print are seldom smaller. */
export function nats(value: number): string {
  // Not -0.00.
  return (Math.round(value * 100) / 100 + 0).toFixed(2);
}

/** A whole number with commas between thousands. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** A time: `7.3 s`, `2 min 5 s` or `1 h 20 min`; `?` where it is not known. */
export function seconds(value: number): string {
  if (!Number.isFinite(value)) return "?";
  if (value < 59.95) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(value / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
