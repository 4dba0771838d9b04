import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post } from "../../api/client";
import { useApi, useOfficer } from "../../api/query";
import type { MatchVocabulary } from "../../api/review";
import type { DemandItem } from "../../api/transfer";
import { useLang } from "../../state/lang";
import { EntityPicker, Field, FormError, useGo } from "../../ui";
import { today } from "../cases/days";

/** Says that a result of the atlas is an institute's to transfer. */
export function ClaimForm({ done }: { done: () => void }) {
  const { t } = useLang();
  const client = useQueryClient();
  const [result, setResult] = useState("");
  const [unit, setUnit] = useState("");
  const [registered, setRegistered] = useState(today());
  const send = useMutation({
    mutationFn: () => post<void>("/transfer/claims", { result, unit, registered }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["api", "/transfer/claims"] });
      done();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form className="event-form market-form" aria-label={t("market.claim")} onSubmit={submit}>
      <EntityPicker label={t("market.result")} value={result} onChange={setResult} />
      <EntityPicker label={t("market.unit")} value={unit} onChange={setUnit} />
      <Field
        label={t("market.registered")}
        value={registered}
        placeholder="2026-01-31"
        onChange={(event) => setRegistered(event.target.value)}
      />
      <FormError error={send.error} />
      <div className="row">
        <button
          type="submit"
          className="button button-main"
          disabled={send.isPending || !result || !unit}
        >
          {t("market.claim")}
        </button>
      </div>
    </form>
  );
}

/** Says what a firm looks for. */
export function PostForm({ done }: { done: () => void }) {
  const { t, pick } = useLang();
  const go = useGo();
  const client = useQueryClient();
  const officer = useOfficer();
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const [firm, setFirm] = useState("");
  const [entity, setEntity] = useState("");
  const [kinds, setKinds] = useState<string[]>([]);
  const vocabulary = useApi<MatchVocabulary>("/match-vocabulary", {}, { timeless: true });
  const send = useMutation({
    mutationFn: () =>
      post<DemandItem>("/transfer/demands", {
        demand: { title: title.trim(), text: text.trim(), kinds: [...kinds].sort(), constraints: {} },
        firm: firm.trim(),
        firm_entity: entity || null,
      }),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["api-pages", "/transfer/demands"] });
      done();
      go(`/market/${made.id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form className="event-form market-form" aria-label={t("market.post")} onSubmit={submit}>
      <Field
        label={t("market.demandTitle")}
        value={title}
        required
        maxLength={200}
        onChange={(event) => setTitle(event.target.value)}
      />
      <label className="form-row">
        <span>{t("market.demandText")}</span>
        <textarea
          className="field"
          rows={4}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <Field
        label={t("market.firm")}
        value={firm}
        required
        maxLength={200}
        onChange={(event) => setFirm(event.target.value)}
      />
      <fieldset className="event-group">
        <legend>{t("market.kinds")}</legend>
        <div className="chips">
          {vocabulary.data?.kinds.map((kind) => (
            <label key={kind.key} className="chip">
              <input
                type="checkbox"
                checked={kinds.includes(kind.key)}
                onChange={(event) =>
                  setKinds(
                    event.target.checked
                      ? [...kinds, kind.key]
                      : kinds.filter((each) => each !== kind.key),
                  )
                }
              />
              {pick(kind.label)}
            </label>
          ))}
        </div>
      </fieldset>
      {officer && (
        <EntityPicker label={t("market.firmEntity")} value={entity} onChange={setEntity} />
      )}
      <FormError error={send.error} />
      <div className="row">
        <button type="submit" className="button button-main" disabled={send.isPending}>
          {t("market.save")}
        </button>
      </div>
    </form>
  );
}
