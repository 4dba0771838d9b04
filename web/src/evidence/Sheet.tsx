import { type ReactNode, useEffect, useRef } from "react";
import { useLang } from "../state/lang";

interface SheetProps {
  title: string;
  /** Beside the button that closes it. */
  tools?: ReactNode;
  close: () => void;
  children: ReactNode;
}

/** A modal sheet from the right; Esc or a click beside it closes it, and focus goes back. */
export function Sheet({ title, tools, close, children }: SheetProps) {
  const { t } = useLang();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => {
      element?.close();
      before?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="drawer"
      aria-labelledby="evidence-title"
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      <div className="drawer-sheet">
        <div className="drawer-head">
          <p className="drawer-kicker" id="evidence-title" tabIndex={-1} autoFocus>
            {title}
          </p>
          <div className="drawer-tools">
            {tools}
            <button
              type="button"
              className="icon-button"
              onClick={close}
              aria-label={t("drawer.close")}
            >
              <span aria-hidden="true">✕</span>
            </button>
          </div>
        </div>
        {children}
      </div>
    </dialog>
  );
}
