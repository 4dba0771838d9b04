import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { post, segment } from "../../api/client";
import { useApi, useApiPages } from "../../api/query";
import type { Notice } from "../../api/transfer";
import { proofName, yuanText } from "../../evidence/proof";
import { useLang } from "../../state/lang";
import { Answer, AppLink, EmptyState, ErrorState, FormError, Loading, PageHeader } from "../../ui";
import { daysBetween, today } from "../cases/days";
import "./notices.css";

/** Notices of negotiated prices: open to everyone. */
export default function Notices() {
  const { id } = useParams();
  return id ? <One id={id} /> : <All />;
}

interface Shown {
  result?: string;
  unit?: string;
  summary?: string | null;
  route?: string | null;
  price?: string | null;
  counterparty?: string | null;
  completers?: string[];
  interested?: boolean | null;
  flagged?: boolean;
  procedure?: string | null;
  sites?: string[];
}

const bodyOf = (notice: Notice): Shown => notice.body as Shown;

function All() {
  const { t } = useLang();
  const list = useApiPages<Notice>("/transfer/notices", { limit: 50 }, { timeless: true });
  return (
    <>
      <PageHeader
        title={t("notices.title")}
        lead={t("notices.lead")}
        actions={
          <a className="button" href="/api/v1/transfer/notices.rss">
            RSS
          </a>
        }
      />
      {list.error && !list.first && (
        <ErrorState error={list.error} retry={() => void list.refetch()} height={320} />
      )}
      {list.isPending && <Loading height={320} />}
      {list.isSuccess && list.items.length === 0 && (
        <EmptyState title={t("notices.none")} why={t("notices.noneWhy")} height={320} />
      )}
      <ul className="notices">
        {list.items.map((notice) => (
          <li key={notice.id} className="notice-row">
            <div>
              <AppLink to={`/notices/${notice.id}`} className="notice-title">
                {bodyOf(notice).result}
              </AppLink>
              <span className="quiet small">
                {bodyOf(notice).unit} · {bodyOf(notice).counterparty}
              </span>
            </div>
            <span className="notice-price">
              {bodyOf(notice).price ? `¥${yuanText(bodyOf(notice).price ?? "")}` : "—"}
            </span>
            <Window notice={notice} />
            <State state={notice.state} />
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
          {t("action.more")}
        </button>
      )}
    </>
  );
}

const STATES = ["public", "objected", "cleared", "void", "draft"] as const;

function State({ state }: { state: string }) {
  const { t } = useLang();
  const known = STATES.find((each) => each === state) ?? "draft";
  return <span className={`notice-state notice-${known}`}>{t(`notices.${known}`)}</span>;
}

/** The days of a notice as a bar, today marked. */
function Window({ notice }: { notice: Notice }) {
  const { t } = useLang();
  const all = Math.max(1, daysBetween(notice.first_day, notice.last_day));
  const passed = Math.min(all, Math.max(0, daysBetween(notice.first_day, today())));
  return (
    <span className="notice-window">
      <span className="notice-bar" aria-hidden="true">
        <span style={{ width: `${(passed / all) * 100}%` }} />
      </span>
      <span className="small">{t("notices.until", { from: notice.first_day, to: notice.last_day })}</span>
    </span>
  );
}

function One({ id }: { id: string }) {
  const query = useApi<Notice>(`/transfer/notices/${segment(id)}`, {}, { timeless: true });
  return (
    <Answer query={query} height={480}>
      {(notice) => <Whole notice={notice} refresh={() => void query.refetch()} />}
    </Answer>
  );
}

function Whole({ notice, refresh }: { notice: Notice; refresh: () => void }) {
  const { t, lang } = useLang();
  const body = bodyOf(notice);
  const lines: [string, string | null | undefined][] = [
    [t("notices.unit"), body.unit],
    [t("notices.summary"), body.summary],
    [t("notices.route"), body.route ? proofName(body.route, lang) : null],
    [t("notices.counterparty"), body.counterparty],
    [t("notices.completers"), body.completers?.join("、")],
    [t("notices.related"), body.interested == null ? t("notices.unknown") : body.interested ? t("cases.yes") : t("cases.no")],
    [t("notices.sites"), body.sites?.map((site) => t(site === "market" ? "notices.atMarket" : "notices.atUnit")).join("、")],
    [t("notices.procedure"), body.procedure],
  ];
  const open = notice.state === "public" || notice.state === "objected";
  return (
    <article>
      <PageHeader
        eyebrow={<AppLink to="/notices">{t("notices.title")}</AppLink>}
        title={body.result ?? notice.id}
        lead={body.unit}
      />
      <div className="notice-head">
        <p className="notice-big">{body.price ? `¥${yuanText(body.price)}` : "—"}</p>
        <State state={notice.state} />
        <Window notice={notice} />
      </div>
      <dl className="notice-lines">
        {lines
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {open && daysBetween(today(), notice.last_day) >= 0 ? (
        <Object id={notice.id} refresh={refresh} />
      ) : (
        <p className="quiet">{t("notices.over")}</p>
      )}
    </article>
  );
}

function Object({ id, refresh }: { id: string; refresh: () => void }) {
  const { t } = useLang();
  const [text, setText] = useState("");
  const [from, setFrom] = useState("");
  const send = useMutation({
    mutationFn: () =>
      post<Notice>(`/transfer/notices/${segment(id)}/objections`, {
        text,
        from: from.trim() || undefined,
      }),
    onSuccess: () => {
      setText("");
      refresh();
    },
  });
  return (
    <form
      className="event-form"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <h2>{t("notices.object")}</h2>
      <label className="form-row">
        <span>{t("notices.why")}</span>
        <textarea
          className="field"
          rows={5}
          required
          minLength={10}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <label className="form-row">
        <span>{t("notices.from")}</span>
        <input
          className="field"
          maxLength={100}
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <span className="quiet small">{t("notices.fromWhy")}</span>
      </label>
      <FormError error={send.error} />
      {send.isSuccess && (
        <p className="jade" role="status">
          {t("notices.received")}
        </p>
      )}
      <div className="event-actions">
        <button type="submit" className="button button-main" disabled={send.isPending}>
          {t("notices.send")}
        </button>
      </div>
    </form>
  );
}
