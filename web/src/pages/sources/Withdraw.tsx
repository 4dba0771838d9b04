import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post, segment } from "../../api/client";
import type { Source } from "../../api/types";
import { useLang } from "../../state/lang";

/** Takes a source out of today's view, or brings it back; history stays whole either way. */
export function Withdraw({ source }: { source: Source }) {
  const { t } = useLang();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const verb = source.withdrawn ? "restore" : "withdraw";
  const change = useMutation({
    mutationFn: () =>
      post<Source>(
        `/sources/${segment(source.key)}/${verb}`,
        { reason },
        {
          ifMatch: `"${source.version}"`,
        },
      ),
    onSuccess: () => {
      setReason("");
      return client.invalidateQueries();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <section className="section">
      <h2>{t(`sources.${verb}`)}</h2>
      {!source.withdrawn && <p className="section-lead">{t("sources.withdrawWhy")}</p>}
      <form className="form withdraw" onSubmit={submit}>
        <label className="form-row">
          <span>{t("sources.reason")}</span>
          <input
            className="field"
            required
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        {change.error && (
          <p className="form-error" role="alert">
            {change.error.message}
          </p>
        )}
        <button
          type="submit"
          className={source.withdrawn ? "button" : "button button-danger"}
          disabled={change.isPending}
        >
          {t(`sources.${verb}`)}
        </button>
      </form>
    </section>
  );
}
