import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../../api/client";
import { useAccount, useApi } from "../../api/query";
import type { HolidayEffect, Rules } from "../../api/transfer";
import { useLang } from "../../state/lang";
import { Answer, AppLink, Field, FormError, PageHeader, useFormat } from "../../ui";
import { clockName } from "../cases/BoardPage";
import "./holidays.css";

const days = (text: string): string[] => text.split(/[\s,，、;；]+/).filter(Boolean);

/** Holiday tables: which are in use, and what a new one would move. */
export default function Holidays() {
  const { t } = useLang();
  const account = useAccount();
  const rules = useApi<Rules>("/transfer/rules", {}, { timeless: true });
  return (
    <>
      <PageHeader title={t("holidays.title")} lead={t("holidays.lead")} />
      <section className="section">
        <h2>{t("holidays.inUse")}</h2>
        <Answer query={rules} height={120}>
          {(found) => (
            <ul className="holiday-tables">
              {found.holidays.map((table) => (
                <li key={table.year}>
                  <strong>{table.year}</strong> <span className="quiet small">{table.version}</span>
                </li>
              ))}
            </ul>
          )}
        </Answer>
      </section>
      {account?.role === "administrator" ? (
        <NewTable />
      ) : (
        <p className="quiet">{t("holidays.onlyAdministrators")}</p>
      )}
    </>
  );
}

function NewTable() {
  const { t } = useLang();
  const client = useQueryClient();
  const [year, setYear] = useState(String(new Date().getFullYear() + 1));
  const [version, setVersion] = useState("");
  const [free, setFree] = useState("");
  const [worked, setWorked] = useState("");
  const send = useMutation({
    mutationFn: (dry: boolean) =>
      post<HolidayEffect>("/transfer/holidays", {
        year: Number(year),
        version: version.trim(),
        free: days(free),
        worked: days(worked),
        dry_run: dry,
      }),
    onSuccess: (_, dry) => {
      if (!dry) void client.invalidateQueries();
    },
  });
  // What was tried is put to use, and nothing else: a change asks to be tried again.
  const change = (set: (text: string) => void) => (text: string) => {
    set(text);
    send.reset();
  };
  return (
    <section className="section">
      <form
        className="event-form"
        aria-label={t("holidays.title")}
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate(true);
        }}
      >
        <div className="holiday-row">
          <Field
            label={t("holidays.year")}
            value={year}
            required
            inputMode="numeric"
            pattern="[0-9]{4}"
            onChange={(event) => change(setYear)(event.target.value)}
          />
          <Field
            label={t("holidays.version")}
            value={version}
            required
            onChange={(event) => change(setVersion)(event.target.value)}
          />
        </div>
        <div className="holiday-row">
          <label className="form-row">
            <span>{t("holidays.free")}</span>
            <textarea
              className="field"
              rows={8}
              value={free}
              placeholder={"2027-01-01\n2027-01-02"}
              onChange={(event) => change(setFree)(event.target.value)}
            />
          </label>
          <label className="form-row">
            <span>{t("holidays.worked")}</span>
            <textarea
              className="field"
              rows={8}
              value={worked}
              onChange={(event) => change(setWorked)(event.target.value)}
            />
          </label>
        </div>
        <FormError error={send.error} />
        <div className="row">
          <button type="submit" className="button" disabled={send.isPending}>
            {t("holidays.try")}
          </button>
          <button
            type="button"
            className="button button-main"
            disabled={send.isPending || !send.data || send.data.journal !== null}
            onClick={() => send.mutate(false)}
          >
            {t("holidays.write")}
          </button>
        </div>
      </form>
      {send.data && <Effect effect={send.data} />}
    </section>
  );
}

/** What moved, each period before and after. */
function Effect({ effect }: { effect: HolidayEffect }) {
  const { t, lang } = useLang();
  const format = useFormat();
  return (
    <div role="status">
      <p>
        <b>
          {t("holidays.result", {
            computed: format.number(effect.computed),
            moved: format.number(effect.moved_count),
          })}
        </b>
        {effect.journal && ` ${t("holidays.written", { journal: effect.journal })}`}
      </p>
      {effect.moved.length === 0 ? (
        <p className="quiet">{t("holidays.nothing")}</p>
      ) : (
        <ul className="moves">
          {effect.moved.map((move) => (
            <li key={`${move.case}.${move.key}`}>
              <AppLink to={`/cases/${move.case}`}>{move.case}</AppLink>
              <span>{clockName(move.key, lang)}</span>
              <span className="moves-days">
                <s>{move.before}</s> → <b>{move.after}</b>
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
