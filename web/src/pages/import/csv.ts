/** Cells copied from a spreadsheet come parted by tabs; they are written as CSV. */
export function toCsv(text: string): string {
  if (!text.includes("\t")) return text;
  const cell = (value: string) => (/[",\n]/.test(value) ? `"${value.replace(/"/g, '""')}"` : value);
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => line.split("\t").map(cell).join(","))
    .join("\n");
}
