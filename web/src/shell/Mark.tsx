import { Belt } from "../ui/Belt";

/** The mark: a short embroidered belt of three strands, and the name. */
export function Mark() {
  return (
    <span className="mark">
      <Belt width={44} height={22} period={44} thread={3.2} />
      <span className="mark-name">绣带</span>
      <span className="mark-latin">Xiudai</span>
    </span>
  );
}
