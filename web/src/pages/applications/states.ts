/** The color of where an application stands. */
export function stateColor(state: string): string {
  switch (state) {
    case "paid":
    case "published":
    case "granted":
      return "standing-jade";
    case "refused":
      return "standing-cinnabar";
    case "offered":
    case "returned":
      return "standing-gold";
    case "withdrawn":
      return "";
    default:
      return "standing-river";
  }
}
