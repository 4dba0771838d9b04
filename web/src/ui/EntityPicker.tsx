import { type KeyboardEvent, useDeferredValue, useId, useState } from "react";
import { useApi } from "../api/query";
import type { EntityPage, EntityRef, SearchAnswer } from "../api/types";
import { segment } from "../api/client";
import { useLang } from "../state/lang";
import { KindBadge, useEntityName } from "./entity";

interface EntityPickerProps {
  label: string;
  /** The entity chosen, by id; empty for none. */
  value: string;
  /** What is looked for from the start, before anything is typed. */
  first?: string;
  onChange: (id: string) => void;
}

/** A field that searches the atlas as one types and gives back one entity. */
export function EntityPicker({ label, value, first, onChange }: EntityPickerProps) {
  const { t } = useLang();
  const name = useEntityName();
  const id = useId();
  const [text, setText] = useState<string | null>(first || null);
  const [at, setAt] = useState(0);
  const asked = useDeferredValue(text ?? "");
  const chosen = useApi<EntityPage>(`/entities/${segment(value)}`, {}, { enabled: value !== "" });
  const found = useApi<SearchAnswer>("/search", { q: asked, limit: 8 }, { enabled: asked !== "" });
  const options = text && found.data ? found.data.items.map((each) => each.entity) : [];
  const shown = value && chosen.data?.entity.id === value ? name(chosen.data.entity) : value;
  const take = (entity: EntityRef) => {
    setText(null);
    onChange(entity.id);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, options.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Escape") setText(null);
    else if (event.key === "Enter" && options[at]) take(options[at]);
    else return;
    event.preventDefault();
  };
  return (
    <div className="picker">
      <label className="small quiet" htmlFor={id}>
        {label}
      </label>
      <div className="menu-box">
        <input
          id={id}
          className="field"
          role="combobox"
          aria-expanded={options.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={options[at] ? `${id}-${at}` : undefined}
          autoComplete="off"
          placeholder={t("graph.pick")}
          value={text ?? shown}
          onFocus={(event) => event.target.select()}
          onBlur={() => setText(null)}
          onChange={(event) => {
            setAt(0);
            setText(event.target.value);
          }}
          onKeyDown={key}
        />
        <Options id={id} label={label} options={options} at={at} onTake={take} />
      </div>
    </div>
  );
}

interface OptionsProps {
  id: string;
  label: string;
  options: EntityRef[];
  at: number;
  onTake: (entity: EntityRef) => void;
}

function Options({ id, label, options, at, onTake }: OptionsProps) {
  const name = useEntityName();
  return (
    <ul
      id={`${id}-list`}
      role="listbox"
      aria-label={label}
      className="menu picker-options"
      hidden={options.length === 0}
    >
      {options.map((entity, index) => (
        <li
          key={entity.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          onPointerDown={(event) => {
            event.preventDefault();
            onTake(entity);
          }}
        >
          {name(entity)} <KindBadge kind={entity.kind} />
        </li>
      ))}
    </ul>
  );
}
