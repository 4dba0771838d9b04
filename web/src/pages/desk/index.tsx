import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post, segment } from "../../api/client";
import { useApi, useOfficer, useSession } from "../../api/query";
import type { Desk as Served, DeskFirm } from "../../api/service";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  EmptyState,
  EntityPicker,
  Field,
  FormError,
  Loading,
  PageHeader,
  SignInState,
  useEntityName,
} from "../../ui";
import "../../service/service.css";
import "./desk.css";

/** Who looks after which firm, whom to visit, and how much each steward has to do. */
export default function Desk() {
  const { t } = useLang();
  const session = useSession();
  const officer = useOfficer();
  return (
    <>
      <PageHeader title={t("desk.title")} lead={t("desk.lead")} />
      {session.isPending ? (
        <Loading height={400} />
      ) : !session.data?.account ? (
        <SignInState title={t("service.signIn")} why={t("service.signInWhy")} height={400} />
      ) : officer ? (
        <Whole own={session.data.account.id} />
      ) : (
        <EmptyState title={t("desk.officersOnly")} why={t("desk.officersOnlyWhy")} height={320} />
      )}
    </>
  );
}

function Whole({ own }: { own: string }) {
  const { t } = useLang();
  const [mine, setMine] = useState(false);
  const query = useApi<Served>("/desk", {}, { timeless: true, staleTime: 2_000 });
  const refresh = () => void query.refetch();
  return (
    <>
      <Appoint own={own} done={refresh} />
      <Answer query={query} height={360}>
        {(desk) =>
          desk.firms.length === 0 && desk.loads.length === 0 ? (
            <EmptyState title={t("desk.none")} why={t("desk.noneWhy")} height={240} />
          ) : (
            <div className="service-columns">
              <div>
                {desk.own && (
                  <label className="check-row">
                    <input type="checkbox" checked={mine} onChange={(event) => setMine(event.target.checked)} />{" "}
                    {t("desk.mine")}
                  </label>
                )}
                <ul className="service-list">
                  {desk.firms
                    .filter((one) => !mine || one.steward.account === own)
                    .map((one) => (
                      <Firm key={one.firm.id} one={one} done={refresh} />
                    ))}
                </ul>
              </div>
              <aside>
                <section className="section">
                  <h2>{t("desk.loads")}</h2>
                  <ul className="desk-loads">
                    {desk.loads.map((load) => (
                      <li key={load.account}>
                        <strong>{load.name}</strong>
                        <span className="desk-load">
                          <span>
                            {load.firms} {t("desk.firms")}
                          </span>
                          <span className={load.visits_late > 0 ? "late" : "quiet"}>
                            {load.visits_late} {t("desk.visitsLate")}
                          </span>
                          <span>
                            {load.requests_open} {t("desk.open")}
                          </span>
                          <span className={load.requests_late > 0 ? "late" : "quiet"}>
                            {load.requests_late} {t("desk.late")}
                          </span>
                        </span>
                      </li>
                    ))}
                  </ul>
                </section>
              </aside>
            </div>
          )
        }
      </Answer>
    </>
  );
}

function Firm({ one, done }: { one: DeskFirm; done: () => void }) {
  const { t } = useLang();
  const name = useEntityName();
  const [visiting, setVisiting] = useState(false);
  const [note, setNote] = useState("");
  const send = useMutation({
    mutationFn: () => post(`/firms/${segment(one.firm.id)}/visits`, { note: note.trim() }),
    onSuccess: () => {
      setVisiting(false);
      setNote("");
      done();
    },
  });
  return (
    <li>
      <div>
        <AppLink className="service-name" to={`/package?firm=${one.firm.id}`}>
          {name(one.firm)}
        </AppLink>
        <span className="quiet small">
          {one.steward.name} ·{" "}
          {one.steward.visited ? t("desk.visited", { day: one.steward.visited }) : t("desk.never")}
        </span>
        {visiting && (
          <form
            className="event-form"
            aria-label={t("desk.visit")}
            onSubmit={(event) => {
              event.preventDefault();
              send.mutate();
            }}
          >
            <label className="form-row">
              <span>{t("desk.note")}</span>
              <textarea
                className="field"
                rows={3}
                required
                value={note}
                onChange={(event) => setNote(event.target.value)}
              />
            </label>
            <FormError error={send.error} />
            <button type="submit" className="button button-small" disabled={send.isPending}>
              {t("requests.record")}
            </button>
          </form>
        )}
      </div>
      <div className="service-end">
        {one.steward.next_visit && (
          <span className={one.visit_late ? "late small" : "small"}>
            {t("desk.nextVisit", { day: one.steward.next_visit })}
          </span>
        )}
        <button
          type="button"
          className="button button-small"
          aria-expanded={visiting}
          onClick={() => setVisiting(!visiting)}
        >
          {t("desk.visit")}
        </button>
      </div>
    </li>
  );
}

function Appoint({ own, done }: { own: string; done: () => void }) {
  const { t } = useLang();
  const [firm, setFirm] = useState("");
  const [account, setAccount] = useState(own);
  const send = useMutation({
    mutationFn: () => post(`/firms/${segment(firm)}/steward`, { account: account.trim() }),
    onSuccess: () => {
      setFirm("");
      done();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (firm) send.mutate();
  };
  return (
    <form className="desk-appoint" aria-label={t("desk.appoint")} onSubmit={submit}>
      <EntityPicker label={t("requests.firm")} value={firm} onChange={setFirm} />
      <Field
        label={t("desk.account")}
        value={account}
        required
        onChange={(event) => setAccount(event.target.value)}
      />
      <button type="submit" className="button" disabled={send.isPending || !firm}>
        {t("desk.appoint")}
      </button>
      <FormError error={send.error} />
    </form>
  );
}
