import { useEffect, useId, useRef, useState } from "react";
import { apiUrl, type Params } from "../api/client";
import { useAsOf } from "../state/asof";
import { useLang } from "../state/lang";

export type ExportQuestion =
  | "search"
  | "entity"
  | "graph"
  | "paths"
  | "map"
  | "choropleth"
  | "series"
  | "cube"
  | "changes"
  | "coverage"
  | "sources"
  | "statements";

const FORMATS = [
  ["csv", "CSV"],
  ["xlsx", "XLSX"],
  ["geojson", "GeoJSON"],
  ["jsonld", "JSON-LD"],
  ["nt", "N-Triples"],
] as const;

/** Downloads the question on the screen, as of the page's time, in any of five formats. */
export function ExportMenu({
  question,
  params = {},
}: {
  question: ExportQuestion;
  params?: Params;
}) {
  const { t } = useLang();
  const { params: asOf } = useAsOf();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return undefined;
    const away = (event: MouseEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, [open]);
  return (
    <div
      className="menu-box"
      ref={box}
      onKeyDown={(event) => {
        if (event.key === "Escape" && open) {
          event.stopPropagation();
          setOpen(false);
          box.current?.querySelector("button")?.focus();
        }
      }}
    >
      <button
        type="button"
        className="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {t("action.export")}
      </button>
      <ul id={id} className="menu" hidden={!open}>
        {FORMATS.map(([format, label]) => (
          <li key={format}>
            <a
              href={apiUrl(`/export/${question}`, { ...params, ...asOf, format })}
              download
              onClick={() => setOpen(false)}
            >
              {label}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
