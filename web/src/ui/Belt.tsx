import { useMemo } from "react";
import { beltPieces } from "./belt";

const COLOURS = ["var(--river)", "var(--gold-thread)", "var(--jade)"];

interface BeltProps {
  width: number;
  height: number;
  period?: number;
  thread?: number;
  /** What the belt lies on; its colour parts the strands at each crossing. */
  ground?: string;
  className?: string;
}

/** The embroidered belt, three interlaced strands; decoration only, so hidden from readers. */
export function Belt({
  width,
  height,
  period = 48,
  thread = 2.5,
  ground = "var(--paper)",
  className,
}: BeltProps) {
  const pieces = useMemo(
    () => beltPieces({ width, height, strands: 3, period, inset: thread }),
    [width, height, period, thread],
  );
  return (
    <svg
      className={className}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
      fill="none"
    >
      {pieces.map((piece, index) => (
        <g key={index}>
          {piece.over && <path d={piece.path} stroke={ground} strokeWidth={thread * 2.2} />}
          <path
            d={piece.path}
            stroke={COLOURS[piece.strand]}
            strokeWidth={thread}
            strokeLinecap="round"
          />
        </g>
      ))}
    </svg>
  );
}
