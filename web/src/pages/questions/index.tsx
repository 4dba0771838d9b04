import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ApiError, get, post, remove, segment } from "../../api/client";
import { useSession } from "../../api/query";
import type { Notification, Page, Question } from "../../api/types";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  EmptyState,
  FormError,
  Loading,
  PageHeader,
  SignInState,
  useFormat,
} from "../../ui";
import { NewQuestion } from "./NewQuestion";
import "./questions.css";

/** Questions kept, and the notices that their answers changed. */
export default function QuestionsPage() {
  const { t } = useLang();
  const session = useSession();
  return (
    <>
      <PageHeader title={t("questions.title")} lead={t("questions.lead")} />
      {session.isPending ? (
        <Loading height={400} />
      ) : session.data?.account ? (
        <Mine />
      ) : (
        <SignInState title={t("questions.signIn")} why={t("questions.noneWhy")} height={400} />
      )}
    </>
  );
}

function Mine() {
  const { t } = useLang();
  const questions = useQuery<Page<Question>, ApiError>({
    queryKey: ["questions"],
    queryFn: () => get("/questions"),
  });
  return (
    <div className="questions">
      <div>
        <Answer query={questions} height={240}>
          {(page) =>
            page.items.length > 0 ? (
              <ul className="question-list">
                {page.items.map((question) => (
                  <Row key={question.id} question={question} />
                ))}
              </ul>
            ) : (
              <EmptyState title={t("questions.none")} why={t("questions.noneWhy")} />
            )
          }
        </Answer>
        <NewQuestion />
      </div>
      <Notices />
    </div>
  );
}

/** A path that stays in this app whatever was saved. */
const inside = (path: string): string => `/${path.replace(/^[/\\]+/, "")}`;

function Row({ question }: { question: Question }) {
  const { t } = useLang();
  const format = useFormat();
  const client = useQueryClient();
  const drop = useMutation({
    mutationFn: () => remove(`/questions/${segment(question.id)}`, question.etag),
    onSuccess: () => client.invalidateQueries({ queryKey: ["questions"] }),
  });
  return (
    <li>
      <p className="row">
        <AppLink to={inside(question.path)} className="question-title">
          {question.title}
        </AppLink>
        {question.changed && <span className="tag gold">{t("questions.changed")}</span>}
      </p>
      <p className="mini-line">
        <span className="mono">{question.path}</span>
        {question.last_checked && (
          <span>{t("questions.checked", { time: format.time(question.last_checked) })}</span>
        )}
        <button type="button" className="button-text" onClick={() => drop.mutate()}>
          {t("action.delete")}
          <span className="visually-hidden"> {question.title}</span>
        </button>
      </p>
      <FormError error={drop.error} />
    </li>
  );
}

function Notices() {
  const { t } = useLang();
  const format = useFormat();
  const client = useQueryClient();
  const query = useQuery<{ items: Notification[] }, ApiError>({
    queryKey: ["notifications"],
    queryFn: () => get("/notifications"),
    refetchInterval: 60_000,
  });
  const read = useMutation({
    mutationFn: (id: string) => post(`/notifications/${segment(id)}/read`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["notifications"] }),
  });
  return (
    <section className="notices">
      <h2>{t("questions.notifications")}</h2>
      <Answer query={query} height={120}>
        {(page) => (
          <ul>
            {page.items.map((notice) => (
              <li key={notice.id} className={notice.read ? "notice" : "notice notice-new"}>
                <p>{notice.title}</p>
                <p className="mini-line">
                  <span>{format.time(notice.at)}</span>
                  {!notice.read && (
                    <button
                      type="button"
                      className="button-text"
                      onClick={() => read.mutate(notice.id)}
                    >
                      {t("questions.read")}
                    </button>
                  )}
                </p>
              </li>
            ))}
            {page.items.length === 0 && (
              <li className="notice quiet">{t("questions.notificationsNone")}</li>
            )}
          </ul>
        )}
      </Answer>
    </section>
  );
}
