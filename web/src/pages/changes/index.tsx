import { useSearchParams } from "react-router";
import { apiUrl } from "../../api/client";
import { useLang } from "../../state/lang";
import { PageHeader } from "../../ui";
import { Between } from "./Between";
import { Feed } from "./Feed";
import "./changes.css";

/** What came in, live; or what differs between two days on either axis of time. */
export default function ChangesPage() {
  const { t } = useLang();
  const [search, setSearch] = useSearchParams();
  const between = search.has("from");
  const show = (next: boolean) => {
    const after = new URLSearchParams(search);
    for (const key of ["from", "to", "axis", "kind"]) after.delete(key);
    if (next) {
      const now = new Date();
      const before = new Date(now);
      before.setUTCFullYear(now.getUTCFullYear() - 1);
      after.set("from", before.toISOString().slice(0, 10));
      after.set("to", now.toISOString().slice(0, 10));
      after.set("axis", "valid");
    }
    setSearch(after);
  };
  return (
    <>
      <PageHeader
        title={t("changes.title")}
        lead={t("changes.lead")}
        actions={
          <span className="row">
            <span className="quiet small">{t("changes.subscribe")}</span>
            <a className="button" href={apiUrl("/feed.atom")}>
              Atom
            </a>
            <a className="button" href={apiUrl("/feed.rss")}>
              RSS
            </a>
          </span>
        }
      />
      <div className="tabs">
        <button
          type="button"
          className="tab"
          aria-pressed={!between}
          onClick={() => between && show(false)}
        >
          {t("changes.feed")}
        </button>
        <button
          type="button"
          className="tab"
          aria-pressed={between}
          onClick={() => between || show(true)}
        >
          {t("changes.between")}
        </button>
      </div>
      {between ? <Between search={search} setSearch={setSearch} /> : <Feed />}
    </>
  );
}
