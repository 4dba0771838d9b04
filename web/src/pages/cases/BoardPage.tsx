import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { post, remove } from "../../api/client";
import { useApi, useOfficer, useSession } from "../../api/query";
import type { Board, CalendarLink, DueItem } from "../../api/transfer";
import type { Page } from "../../api/types";
import { proofName, yuanText } from "../../evidence/proof";
import { useLang } from "../../state/lang";
import { Answer, AppLink, EmptyState, FormError, Loading, PageHeader, SignInState } from "../../ui";
import { daysBetween, today } from "./days";
import { OpenCase } from "./EventForm";
import { StageLine } from "./StageLine";

/** Every case by what is due next. */
export function BoardPage() {
  const { t } = useLang();
  const session = useSession();
  const [opening, setOpening] = useState(false);
  const officer = useOfficer();
  return (
    <>
      <PageHeader
        title={t("cases.title")}
        lead={t("cases.lead")}
        actions={
          officer && (
            <button
              type="button"
              className="button button-main"
              aria-expanded={opening}
              onClick={() => setOpening(!opening)}
            >
              {t("cases.open")}
            </button>
          )
        }
      />
      {session.isPending ? (
        <Loading height={460} />
      ) : session.data?.account ? (
        <>
          {opening && <OpenCase done={() => setOpening(false)} />}
          <Shown />
        </>
      ) : (
        <SignInState title={t("cases.signIn")} why={t("cases.signInWhy")} height={420} />
      )}
    </>
  );
}

function Shown() {
  const { t, lang } = useLang();
  const [params, setParams] = useSearchParams();
  const stage = params.get("stage") ?? "";
  const after = params.get("after") ?? "";
  const [text, setText] = useState(params.get("q") ?? "");
  const asked = {
    stage: stage || undefined,
    q: params.get("q") || undefined,
    poc: params.get("poc") ? true : undefined,
    after: after || undefined,
    limit: 50,
  };
  const board = useApi<Board>("/transfer/cases", asked, { timeless: true, staleTime: 5_000 });
  const due = useApi<Page<DueItem>>(
    "/transfer/due",
    { limit: 12 },
    { timeless: true, staleTime: 5_000 },
  );
  const set = (key: string, value: string) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(key, value);
      else next.delete(key);
      if (key !== "after") next.delete("after");
      return next;
    });
  return (
    <Answer query={board} height={460}>
      {(found) => (
        <>
          <StageLine
            stages={found.stages.map((each) => ({ stage: each.stage, count: each.count }))}
            chosen={stage}
            choose={(next) => set("stage", next === stage ? "" : next)}
          />
          <form
            className="case-filters"
            onSubmit={(event) => {
              event.preventDefault();
              set("q", text.trim());
            }}
          >
            <input
              className="field"
              type="search"
              value={text}
              placeholder={t("cases.find")}
              aria-label={t("cases.find")}
              onChange={(event) => setText(event.target.value)}
            />
            <label className="chip">
              <input
                type="checkbox"
                checked={params.has("poc")}
                onChange={(event) => set("poc", event.target.checked ? "1" : "")}
              />
              {t("cases.poc")}
            </label>
            <Subscribe />
          </form>
          <div className="case-columns">
            <section aria-label={t("cases.title")}>
              {found.items.length === 0 ? (
                <EmptyState title={t("cases.none")} why={t("cases.noneWhy")} height={280} />
              ) : (
                <ul className="case-list">
                  {found.items.map((line) => (
                    <li key={line.id} className="case-row">
                      <div className="case-name">
                        <AppLink to={`/cases/${line.id}`}>{line.title}</AppLink>
                        <span className="quiet small">
                          {line.id} · {line.unit} · {proofName(line.place, lang)}
                        </span>
                      </div>
                      <span className="tag">{stageName(line.stage, t)}</span>
                      <span className="case-price">{line.price ? `¥${yuanText(line.price)}` : ""}</span>
                      <Deadline next={line.next_key} day={line.next_day} />
                    </li>
                  ))}
                </ul>
              )}
              <nav className="case-pages" aria-label={t("cases.pages")}>
                {after && (
                  <button type="button" className="button" onClick={() => set("after", "")}>
                    {t("cases.first")}
                  </button>
                )}
                {found.next && (
                  <button
                    type="button"
                    className="button"
                    onClick={() => set("after", found.next ?? "")}
                  >
                    {t("action.more")}
                  </button>
                )}
              </nav>
            </section>
            <aside className="case-due" aria-label={t("cases.dueNext")}>
              <h2>{t("cases.dueNext")}</h2>
              {due.data?.items.length === 0 && <p className="quiet">{t("cases.nothingDue")}</p>}
              <ol>
                {due.data?.items.map((item) => (
                  <li key={`${item.case}.${item.key}`}>
                    <Deadline next={item.key} day={item.last_day} />
                    <AppLink to={`/cases/${item.case}`}>{item.title}</AppLink>
                    <span className="quiet small">{item.article}</span>
                  </li>
                ))}
              </ol>
            </aside>
          </div>
        </>
      )}
    </Answer>
  );
}

/** The address of one's deadlines for a calendar program: made on demand, shown once. */
function Subscribe() {
  const { t } = useLang();
  const make = useMutation({
    mutationFn: () => post<CalendarLink>("/transfer/calendar-link", {}),
  });
  const end = useMutation({
    mutationFn: () => remove("/transfer/calendar-link"),
    onSuccess: () => make.reset(),
  });
  const url = make.data?.url;
  return (
    <>
      <button
        type="button"
        className="button button-small"
        disabled={make.isPending}
        onClick={() => make.mutate()}
      >
        {t("cases.calendar")}
      </button>
      <a className="button button-small" href="/api/v1/transfer/calendar.ics">
        {t("cases.calendarFile")}
      </a>
      {url && (
        <div className="case-subscribe" role="status">
          <p className="small">{t("cases.calendarWhy")}</p>
          <input
            className="field mono"
            readOnly
            value={url}
            aria-label={t("cases.calendar")}
            onFocus={(event) => event.target.select()}
          />
          <button type="button" className="button-text small" onClick={() => end.mutate()}>
            {t("cases.calendarEnd")}
          </button>
        </div>
      )}
      <FormError error={make.error ?? end.error} />
    </>
  );
}

/** The name of a stage. */
export function stageName(stage: string, t: ReturnType<typeof useLang>["t"]): string {
  return t(`stage.${stage}` as Parameters<typeof t>[0]);
}

/** What is due when: the day, and how many days are left. */
export function Deadline({ next, day }: { next?: string | null; day?: string | null }) {
  const { t, lang } = useLang();
  if (!next || !day) return <span className="deadline quiet">{t("cases.nothing")}</span>;
  const left = daysBetween(today(), day);
  const tone = left < 0 ? "late" : left <= 7 ? "soon" : "calm";
  const words =
    left < 0
      ? t("cases.late", { count: -left })
      : left === 0
        ? t("cases.lastDay")
        : t("cases.left", { count: left });
  return (
    <span className={`deadline deadline-${tone}`}>
      <span className="deadline-day">{day}</span>
      <span className="deadline-what">{clockName(next, lang)}</span>
      <span className="deadline-left">{words}</span>
    </span>
  );
}

/** The name of a clock: `payment.royalty.2` by its first part that has words. */
export function clockName(key: string, lang: "zh" | "en"): string {
  const [head = "", ...rest] = key.split(".");
  const own: Record<string, [string, string]> = {
    payment: ["付款", "Payment"],
    report: ["年度报告", "Annual report"],
    delay: ["催告宽限", "Grace after a demand"],
    entry: ["入门费", "entry fee"],
    royalty: ["提成", "royalty"],
    price: ["价款", "price"],
    instalment: ["分期", "instalment"],
    milestone: ["里程碑", "milestone"],
  };
  const word = (part: string) => own[part]?.[lang === "zh" ? 0 : 1] ?? proofName(part, lang);
  return [word(head), ...rest.map(word)].join(" ");
}
