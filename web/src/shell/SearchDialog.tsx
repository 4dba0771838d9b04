import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useApi } from "../api/query";
import type { SearchAnswer, SearchHit } from "../api/types";
import { useLang } from "../state/lang";
import { useGo } from "../ui/AppLink";
import { entityPath, KindBadge, useEntityName } from "../ui/entity";
import { MAIN, MORE } from "./Nav";
import { SearchIcon } from "./icons";

/** The text, once the reader has paused for `wait` milliseconds. */
export function useSettled(text: string, wait = 90): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), wait);
    return () => clearTimeout(timer);
  }, [text, wait]);
  return settled;
}

interface Option {
  id: string;
  to: string;
  hit?: SearchHit;
  label: string;
}

function useOptions(q: string): { options: Option[]; answer?: SearchAnswer } {
  const { t } = useLang();
  const name = useEntityName();
  const answer = useApi<SearchAnswer>("/search", { q, limit: 8 }, { enabled: q !== "" });
  const pages = [...MAIN, ...MORE].map((place) => ({
    id: place.to,
    to: place.to,
    label: t(place.key),
  }));
  if (q === "") return { options: pages };
  const named = pages.filter((page) => isPage(page, q));
  const hits = (answer.data?.items ?? []).map((hit) => ({
    id: hit.entity.id,
    to: entityPath(hit.entity.id),
    hit,
    label: name(hit.entity),
  }));
  const total = answer.data?.total ?? 0;
  const rest = { ...all(q), label: t("search.all", { total }) };
  const found = total > hits.length ? [...hits, rest] : hits;
  return { options: [...named, ...found], answer: answer.data };
}

/** Whether `q` names a page: by the beginning of its name, or of its address in Latin letters. */
function isPage({ label, to }: Option, q: string): boolean {
  const said = q.toLowerCase();
  return label.toLowerCase().startsWith(said) || (said.length > 2 && to.startsWith(`/${said}`));
}

/** All results of `q`, for Enter pressed before they came. */
const all = (q: string): Option => ({
  id: "all",
  to: `/search?q=${encodeURIComponent(q)}`,
  label: "",
});

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

/** Search from anywhere: type, choose with the arrows, Enter opens. */
export function SearchDialog({ close }: { close: () => void }) {
  const { t } = useLang();
  const go = useGo();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const q = useSettled(text.trim());
  const { options, answer } = useOptions(q);
  const at = Math.min(chosen, Math.max(0, options.length - 1));
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);
  const pick = (option: Option | undefined) => {
    if (!option) return;
    close();
    go(option.to);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = STEPS[event.key];
    if (step) setChosen((at + step + options.length) % Math.max(1, options.length));
    else if (event.key === "Enter") pick(q === text.trim() ? options[at] : all(text.trim()));
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      className="search-dialog"
      aria-label={t("nav.search")}
      onClose={close}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      <div className="search-box">
        <label className="search-field">
          <SearchIcon />
          <span className="visually-hidden">{t("nav.search")}</span>
          <input
            autoFocus
            value={text}
            placeholder={t("search.placeholder")}
            role="combobox"
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={options[at] ? `${id}-${at}` : undefined}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => {
              setText(event.target.value);
              setChosen(0);
            }}
            onKeyDown={onKey}
          />
        </label>
        <Options id={id} options={options} at={at} choose={setChosen} pick={pick} />
        {q && answer && options.length === 0 && (
          <p className="search-nothing quiet">{t("search.none", { q })}</p>
        )}
        <Keys />
      </div>
    </dialog>
  );
}

function Keys() {
  const { t } = useLang();
  return (
    <p className="search-keys quiet small">
      <span>{t("search.hint")}</span>
      <span>{t("search.keys")}</span>
    </p>
  );
}

interface OptionsProps {
  id: string;
  options: Option[];
  at: number;
  choose: (at: number) => void;
  pick: (option: Option) => void;
}

function Options({ id, options, at, choose, pick }: OptionsProps) {
  const { t } = useLang();
  return (
    <ul id={`${id}-list`} role="listbox" aria-label={t("nav.search")} className="search-list">
      {options.map((option, index) => (
        <li
          key={option.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          className={index === at ? "search-option chosen" : "search-option"}
          onClick={() => pick(option)}
          onMouseMove={() => choose(index)}
        >
          {option.hit ? <Hit hit={option.hit} label={option.label} /> : option.label}
        </li>
      ))}
    </ul>
  );
}

function Hit({ hit, label }: { hit: SearchHit; label: string }) {
  const { t, pick } = useLang();
  const how = hit.how !== "name" && hit.how !== "browse";
  return (
    <>
      <span className="search-hit-name">{label}</span>
      {how && (
        <span className="quiet small">
          {t(`search.how.${hit.how}`)}
          {hit.matched && hit.matched !== label ? ` ${hit.matched}` : ""}
        </span>
      )}
      <span className="search-hit-side">
        {hit.place && hit.place.id !== hit.entity.id && <span className="quiet small">{pick(hit.place.name)}</span>}
        <KindBadge kind={hit.entity.kind} />
      </span>
    </>
  );
}
