import { useEffect, useRef } from "react";
import { type Key, useLang } from "../state/lang";

/** A key, or keys parted by a space, and what it does. */
export type KeyHelp = readonly [keys: string, does: Key];

/** The keys of a page, opened by "?". */
export function Keys({ keys, close }: { keys: readonly KeyHelp[]; close: () => void }) {
  const { t } = useLang();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="keys"
      aria-label={t("keys.title")}
      onClose={close}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      <div className="keys-sheet">
        <h2>{t("keys.title")}</h2>
        <dl>
          {keys.map(([names, does]) => (
            <div key={names}>
              <dt>
                {names.split(" ").map((name) => (
                  <kbd key={name}>{name}</kbd>
                ))}
              </dt>
              <dd>{t(does)}</dd>
            </div>
          ))}
        </dl>
        <button type="button" className="button" onClick={close} autoFocus>
          {t("action.close")}
        </button>
      </div>
    </dialog>
  );
}
