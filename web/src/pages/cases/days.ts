/** Whole days from one day to another, both YYYY-MM-DD; below nought when it has passed. */
export function daysBetween(from: string, to: string): number {
  const at = (day: string) => Date.parse(`${day}T00:00:00Z`);
  return Math.round((at(to) - at(from)) / 86_400_000);
}

/** Today where the reader is, YYYY-MM-DD. */
export function today(now: Date = new Date()): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
