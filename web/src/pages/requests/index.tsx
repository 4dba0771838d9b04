import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useParams, useSearchParams } from "react-router";
import { post } from "../../api/client";
import { useApi, useOfficer, useSession } from "../../api/query";
import type { RequestBoard, RequestLine, RequestPage } from "../../api/service";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  EmptyState,
  EntityPicker,
  Field,
  FormError,
  PageHeader,
  SignedIn,
  useEntityName,
  useGo,
} from "../../ui";
import { OneRequest } from "./OneRequest";
import "../../service/service.css";
import "./requests.css";

/** Requests of firms and residents, and one of them. */
export default function Requests() {
  const { t } = useLang();
  const { id } = useParams();
  if (id) return <OneRequest id={id} />;
  return (
    <SignedIn
      title={t("requests.title")}
      lead={t("requests.lead")}
      ask={t("service.signIn")}
      why={t("service.signInWhy")}
    >
      <Board />
    </SignedIn>
  );
}

const TABS = ["all", "mine", "late"] as const;

function Board() {
  const { t } = useLang();
  const officer = useOfficer();
  const [search, setSearch] = useSearchParams();
  const [writing, setWriting] = useState(false);
  const tab = TABS.find((each) => each === search.get("tab")) ?? "all";
  const after = search.get("after") ?? undefined;
  const query = useApi<RequestBoard>(
    "/requests",
    { mine: tab === "mine" || undefined, late: tab === "late" || undefined, after, limit: 50 },
    { timeless: true, staleTime: 2_000 },
  );
  const tabs = officer ? TABS : (["all", "late"] as const);
  return (
    <>
      <PageHeader
        title={t("requests.title")}
        lead={t("requests.lead")}
        actions={
          <button
            type="button"
            className="button button-main"
            aria-expanded={writing}
            onClick={() => setWriting(!writing)}
          >
            {t("requests.new")}
          </button>
        }
      />
      {writing && <NewRequest officer={officer} />}
      <Answer query={query} height={420}>
        {(board) => (
          <>
            <dl className="service-figures">
              <div>
                <dt>{t("requests.state.open")}</dt>
                <dd>{board.counts.open}</dd>
              </div>
              <div>
                <dt>{t("requests.late")}</dt>
                <dd className={board.counts.late > 0 ? "late" : undefined}>{board.counts.late}</dd>
              </div>
              <div>
                <dt>{t("requests.state.call_back")}</dt>
                <dd>{board.counts.call_back}</dd>
              </div>
              <div>
                <dt>{t("requests.state.closed")}</dt>
                <dd>{board.counts.closed}</dd>
              </div>
            </dl>
            <div className="tabs">
              {tabs.map((each) => (
                <button
                  key={each}
                  type="button"
                  className="tab"
                  aria-pressed={tab === each}
                  onClick={() => setSearch(each === "all" ? {} : { tab: each })}
                >
                  {t(`requests.${each}`)}
                </button>
              ))}
            </div>
            {board.items.length === 0 ? (
              <EmptyState title={t("requests.none")} why={t("requests.noneWhy")} height={220} />
            ) : (
              <ul className="service-list">
                {board.items.map((line) => (
                  <Line key={line.id} line={line} />
                ))}
              </ul>
            )}
            {(board.next || after) && (
              <nav className="row" aria-label={t("requests.more")}>
                {after && (
                  <button type="button" className="button" onClick={() => setSearch(tab === "all" ? {} : { tab })}>
                    {t("requests.first")}
                  </button>
                )}
                {board.next && (
                  <button
                    type="button"
                    className="button"
                    onClick={() => setSearch({ ...(tab === "all" ? {} : { tab }), after: board.next ?? "" })}
                  >
                    {t("requests.more")}
                  </button>
                )}
              </nav>
            )}
          </>
        )}
      </Answer>
    </>
  );
}

const COLORS: Record<string, string> = {
  open: "standing-river",
  answered: "standing-gold",
  call_back: "standing-cinnabar",
  closed: "standing-jade",
};

/** Where a request stands. */
export function RequestState({ state }: { state: string }) {
  const { t } = useLang();
  return (
    <span className={`standing ${COLORS[state] ?? ""}`}>{t(`requests.state.${state as "open"}`)}</span>
  );
}

function Line({ line }: { line: RequestLine }) {
  const { t } = useLang();
  const name = useEntityName();
  return (
    <li>
      <div>
        <AppLink className="service-name" to={`/requests/${line.id}`}>
          {line.title}
        </AppLink>
        <span className="quiet small">
          {line.id} · {line.firm ? name(line.firm) : t("requests.lane.resident")} ·{" "}
          {t(`requests.grade.${line.grade as "general"}`)} · {line.filed}
          {line.assigned && ` · ${line.assigned}`}
        </span>
      </div>
      <div className="service-end">
        <RequestState state={line.state} />
        {line.last_day && (
          <span className={line.late ? "late small" : "small"}>
            {line.late && `${t("requests.lateBy")} `}
            {t("requests.due", { day: line.last_day })}
          </span>
        )}
      </div>
    </li>
  );
}

function NewRequest({ officer }: { officer: boolean }) {
  const { t } = useLang();
  const go = useGo();
  const session = useSession();
  const ofFirm = officer || Boolean(session.data?.account?.organization);
  const [lane, setLane] = useState(ofFirm ? "firm" : "resident");
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const [firm, setFirm] = useState("");
  const send = useMutation({
    mutationFn: () =>
      post<RequestPage>("/requests", {
        lane,
        title: title.trim(),
        text: text.trim(),
        ...(officer && lane === "firm" && firm ? { firm } : {}),
      }),
    onSuccess: (page) => go(`/requests/${page.request.id}`),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form className="event-form" aria-label={t("requests.new")} onSubmit={submit}>
      {ofFirm && (
        <fieldset className="fact">
          <legend>{t("requests.lane")}</legend>
          <div className="chips">
            {(["firm", "resident"] as const).map((each) => (
              <button
                key={each}
                type="button"
                className="chip"
                aria-pressed={lane === each}
                onClick={() => setLane(each)}
              >
                {t(`requests.lane.${each}`)}
              </button>
            ))}
          </div>
        </fieldset>
      )}
      {officer && lane === "firm" && (
        <EntityPicker label={t("requests.firm")} value={firm} onChange={setFirm} />
      )}
      <Field
        label={t("requests.subject")}
        value={title}
        required
        maxLength={200}
        onChange={(event) => setTitle(event.target.value)}
      />
      <label className="form-row">
        <span>{t("requests.text")}</span>
        <textarea
          className="field"
          rows={5}
          required
          maxLength={5000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <FormError error={send.error} />
      <div className="row">
        <button type="submit" className="button button-main" disabled={send.isPending}>
          {t("requests.send")}
        </button>
      </div>
    </form>
  );
}
