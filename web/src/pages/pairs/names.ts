/** A stretch of a name that the other name has too, or has not. */
export interface NamePiece {
  text: string;
  same: boolean;
}

/** Names longer than this are compared by their beginnings; more would take too long. */
const MOST = 160;

const fold = (character: string): string => character.normalize("NFKC").toLowerCase();

/** Which characters of `a` belong to the longest common subsequence with `b`. */
function common(a: readonly string[], b: readonly string[]): boolean[] {
  const [x, y] = [a.map(fold), b.map(fold)];
  const rows = Array.from({ length: x.length + 1 }, () => new Uint16Array(y.length + 1));
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let i = x.length - 1; i >= 0; i -= 1) {
    const row = rows[i];
    if (!row) continue;
    for (let j = y.length - 1; j >= 0; j -= 1) {
      row[j] = x[i] === y[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const kept = new Array<boolean>(a.length).fill(false);
  for (let i = 0, j = 0; i < x.length && j < y.length;) {
    if (x[i] === y[j]) {
      kept[i] = true;
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return kept;
}

/** `name` in stretches that `other` shares, in order, and stretches that it does not. */
export function compareName(name: string, other: string): NamePiece[] {
  const letters = [...name];
  const kept = common(letters.slice(0, MOST), [...other].slice(0, MOST));
  const pieces: NamePiece[] = [];
  letters.forEach((letter, index) => {
    const same = kept[index] ?? false;
    const last = pieces.at(-1);
    if (last && last.same === same) last.text += letter;
    else pieces.push({ text: letter, same });
  });
  return pieces;
}

const share = (pieces: readonly NamePiece[], length: number): number =>
  pieces.reduce((sum, piece) => sum + (piece.same ? piece.text.length : 0), 0) /
  Math.max(1, length);

/** `name` against whichever of `others` is nearest to it; all differs when there is none. */
export function nearest(name: string, others: readonly string[]): NamePiece[] {
  let best: NamePiece[] = [{ text: name, same: false }];
  let most = 0;
  for (const other of others.slice(0, 8)) {
    const pieces = compareName(name, other);
    const likeness = share(pieces, Math.max(name.length, other.length));
    if (likeness > most) [best, most] = [pieces, likeness];
  }
  return best;
}
