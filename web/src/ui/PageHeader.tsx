import { type ReactNode, useEffect } from "react";
import { useLang } from "../state/lang";

interface PageHeaderProps {
  title: string;
  /** One sentence under the title. */
  lead?: ReactNode;
  /** Above the title: kind, path. */
  eyebrow?: ReactNode;
  /** On the right: exports, buttons. */
  actions?: ReactNode;
}

/** The head of a page; also names the browser tab. */
export function PageHeader({ title, lead, eyebrow, actions }: PageHeaderProps) {
  const { t } = useLang();
  useEffect(() => {
    document.title = title ? `${title} · ${t("app.name")}` : t("app.name");
  }, [title, t]);
  return (
    <header className="page-head">
      <div className="page-head-text">
        {eyebrow && <div className="page-eyebrow">{eyebrow}</div>}
        <h1 tabIndex={-1}>{title}</h1>
        {lead && <p className="page-lead">{lead}</p>}
      </div>
      {actions && <div className="page-actions">{actions}</div>}
    </header>
  );
}
