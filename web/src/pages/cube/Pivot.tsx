import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type MouseEvent,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Params } from "../../api/client";
import type { Axis, Cube } from "../../api/types";
import { useEvidence } from "../../evidence";
import { useLang } from "../../state/lang";
import { shortName } from "../map/labels";

interface PivotProps {
  cube: Cube;
  /** The question the cube answers, from which a cell's own question is made. */
  question: Params;
  busy: boolean;
  onNarrow: (axis: string, key: string) => void;
}

/** Columns shown before the reader asks for the rest. */
const FIRST = 24;

/** A cell's place; row or column −1 is the total of that axis. */
type Spot = [row: number, column: number];
type Member = Axis["members"][number];

/** Members as the server orders them, but years from the newest on; the unstated stay last. */
function ordered({ axis, members }: Axis): Member[] {
  if (axis !== "year") return members;
  return [...members].sort((a, b) => Number(b.key) - Number(a.key));
}

/** A cell opens the statements behind it; a total narrows its axis to that one member. */
function useOpen(
  cube: Cube,
  question: Params,
  name: (member: Member) => string,
  onNarrow: (axis: string, key: string) => void,
) {
  const evidence = useEvidence();
  return (row: Member | undefined, column: Member | undefined) => {
    if (row && column) {
      // A list keeps the empty key, which stands for "not stated".
      const cell: Params = { ...question, row: [row.key], column: [column.key] };
      evidence.open({ cell, title: `${name(row)} · ${name(column)}` });
    } else if (row) onNarrow(cube.rows.axis, row.key);
    else if (column) onNarrow(cube.columns.axis, column.key);
  };
}

/** The table: sticky heads, shaded cells, totals; arrow keys walk, Enter opens what is behind. */
export function Pivot({ cube, question, busy, onNarrow }: PivotProps) {
  const { t, pick } = useLang();
  const [all, setAll] = useState(false);
  const [spot, setSpot] = useState<Spot>([0, 0]);
  const table = useRef<HTMLTableElement>(null);
  const grid = useMemo(() => read(cube), [cube]);
  const rows = useMemo(() => ordered(cube.rows), [cube]);
  const across = useMemo(() => ordered(cube.columns), [cube]);
  const columns = all ? across : across.slice(0, FIRST);
  const name = (member: Member) =>
    member.key === "" ? t("search.unknown") : pick(member.label) || member.key;
  const show = useOpen(cube, question, name, onNarrow);
  const open = ([row, column]: Spot) => {
    if (grid.value(rows[row]?.key, columns[column]?.key)) show(rows[row], columns[column]);
  };
  const active: Spot = [Math.min(spot[0], rows.length - 1), Math.min(spot[1], columns.length - 1)];
  const walk = (event: KeyboardEvent) => {
    const next = step(event, active, rows.length, columns.length);
    if (event.key === "Enter" || event.key === " ") open(active);
    else if (next) {
      setSpot(next);
      table.current?.querySelector<HTMLElement>(`[data-at="${next.join()}"]`)?.focus();
    } else return;
    event.preventDefault();
  };
  const press = (event: MouseEvent) => {
    const cell = (event.target as Element).closest<HTMLElement>("[data-at]");
    if (!cell?.dataset.at) return;
    const [row = 0, column = 0] = cell.dataset.at.split(",").map(Number);
    setSpot([row, column]);
    open([row, column]);
  };
  const label = { rows: pick(cube.rows.label), columns: pick(cube.columns.label) };
  const hidden = across.length - columns.length;
  return (
    <>
      <div className={busy ? "cube-box cube-busy" : "cube-box"} onClick={press}>
        <table
          ref={table}
          className="cube-table"
          role="grid"
          aria-label={t("cube.label", label)}
          aria-rowcount={rows.length + 2}
          aria-colcount={columns.length + 2}
          onKeyDown={walk}
        >
          <Head cube={cube} columns={columns} grid={grid} active={active} name={name} />
          <Body rows={rows} columns={columns} grid={grid} active={active} name={name} />
        </table>
      </div>
      <p className="quiet small cube-foot">
        {hidden > 0 && (
          <button type="button" className="button button-small" onClick={() => setAll(true)}>
            {t("cube.more", { count: hidden })}
          </button>
        )}{" "}
        {t("cube.keys")}
      </p>
    </>
  );
}

interface PartProps {
  columns: Member[];
  grid: Grid;
  active: Spot;
  name: (member: Member) => string;
}

function Head({ cube, columns, grid, active, name }: PartProps & { cube: Cube }) {
  const { t, pick } = useLang();
  return (
    <thead>
      <tr>
        <th scope="col" className="cube-corner">
          <span>
            {pick(cube.rows.label)} ╲ {pick(cube.columns.label)}
          </span>
        </th>
        <th scope="col" className="cube-total">
          {t("cube.total")}
        </th>
        {columns.map((each) => (
          <th key={each.key} scope="col" title={name(each)}>
            <span>{shortName(name(each))}</span>
          </th>
        ))}
      </tr>
      <tr className="cube-sums">
        <th scope="row">{t("cube.total")}</th>
        <Cell row={-1} column={-1} value={cube.total} shade={0} active={isAt(active, -1, -1)} />
        {columns.map((each, at) => {
          const value = grid.columnTotal(each.key);
          const on = isAt(active, -1, at);
          return <Cell key={each.key} row={-1} column={at} value={value} shade={0} active={on} />;
        })}
      </tr>
    </thead>
  );
}

function Body({ rows, columns, grid, active, name }: PartProps & { rows: Member[] }) {
  return (
    <tbody>
      {rows.map((each, r) => (
        <tr key={each.key}>
          <th scope="row" title={name(each)}>
            {name(each)}
          </th>
          <Cell
            row={r}
            column={-1}
            value={grid.rowTotal(each.key)}
            shade={0}
            active={isAt(active, r, -1)}
          />
          {columns.map((other, c) => {
            const value = grid.value(each.key, other.key);
            const look = { value, shade: grid.shade(value), active: isAt(active, r, c) };
            return <Cell key={other.key} row={r} column={c} {...look} />;
          })}
        </tr>
      ))}
    </tbody>
  );
}

const isAt = (spot: Spot, row: number, column: number): boolean =>
  spot[0] === row && spot[1] === column;

interface CellProps {
  row: number;
  column: number;
  value: number | undefined;
  /** How deep the cell is shaded, from 0 to 1. */
  shade: number;
  active: boolean;
}

const Cell = memo(function Cell({ row, column, value, shade, active }: CellProps) {
  const { lang } = useLang();
  const total = row < 0 || column < 0;
  const style: CSSProperties | undefined = shade
    ? { ["--share" as string]: shade.toFixed(3) }
    : undefined;
  const looks = [total && "cube-total", shade > 0 && "cube-shade", !value && "cube-nil"];
  return (
    <td
      role="gridcell"
      data-at={`${row},${column}`}
      tabIndex={active ? 0 : -1}
      className={looks.filter(Boolean).join(" ") || undefined}
      style={style}
      aria-haspopup={value && !total ? "dialog" : undefined}
    >
      {value ? value.toLocaleString(lang === "zh" ? "zh-CN" : "en-US") : "·"}
    </td>
  );
});

interface Grid {
  value: (row: string | undefined, column: string | undefined) => number | undefined;
  rowTotal: (key: string) => number | undefined;
  columnTotal: (key: string) => number | undefined;
  shade: (value: number | undefined) => number;
}

function read(cube: Cube): Grid {
  const key = (row: string, column: string): string => `${row}\u0000${column}`;
  const cells = new Map(cube.cells.map((each) => [key(each.row, each.column), each.value]));
  const rowTotals = new Map(cube.row_totals.map((each) => [each.key, each.value]));
  const columnTotals = new Map(cube.column_totals.map((each) => [each.key, each.value]));
  // What nobody stated is often the most; it must not pale everything else.
  const stated = cube.cells.filter((each) => each.row !== "" && each.column !== "");
  const most = Math.max(1, ...stated.map((each) => each.value));
  return {
    value: (row, column) => {
      if (row === undefined && column === undefined) return cube.total;
      if (row === undefined) return columnTotals.get(column ?? "");
      return column === undefined ? rowTotals.get(row) : cells.get(key(row, column));
    },
    rowTotal: (row) => rowTotals.get(row),
    columnTotal: (column) => columnTotals.get(column),
    shade: (value) => (value ? 0.1 + 0.9 * Math.min(1, Math.sqrt(value / most)) : 0),
  };
}

/** Where a key leads from a cell; null for keys that do not walk. Totals stand at −1. */
function step(
  event: KeyboardEvent,
  [row, column]: Spot,
  rows: number,
  columns: number,
): Spot | null {
  const clampRow = (at: number): number => Math.max(-1, Math.min(rows - 1, at));
  const clampColumn = (at: number): number => Math.max(-1, Math.min(columns - 1, at));
  switch (event.key) {
    case "ArrowUp":
      return [clampRow(row - 1), column];
    case "ArrowDown":
      return [clampRow(row + 1), column];
    case "ArrowLeft":
      return [row, clampColumn(column - 1)];
    case "ArrowRight":
      return [row, clampColumn(column + 1)];
    case "Home":
      return event.ctrlKey ? [-1, -1] : [row, -1];
    case "End":
      return event.ctrlKey ? [rows - 1, columns - 1] : [row, columns - 1];
    case "PageUp":
      return [clampRow(row - 10), column];
    case "PageDown":
      return [clampRow(row + 10), column];
    default:
      return null;
  }
}
