import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useSearchParams } from "react-router";
import { post } from "../../api/client";
import type { Session } from "../../api/types";
import { useLang } from "../../state/lang";
import { AppLink, EmptyState, Field, FormError, PageHeader } from "../../ui";

/** The page behind the one-time link that the server prints when it has no administrator yet. */
export default function SetupPage() {
  const { t } = useLang();
  const token = useSearchParams()[0].get("token") ?? "";
  const [done, setDone] = useState(false);
  return (
    <>
      <PageHeader title={t("setup.title")} lead={t("setup.lead")} />
      {done ? (
        <EmptyState
          title={t("setup.done")}
          action={
            <AppLink to="/" className="button button-main">
              {t("missing.action")}
            </AppLink>
          }
        />
      ) : token ? (
        <First token={token} done={() => setDone(true)} />
      ) : (
        <EmptyState title={t("setup.noToken")} why={t("setup.noTokenWhy")} />
      )}
    </>
  );
}

function First({ token, done }: { token: string; done: () => void }) {
  const { t } = useLang();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const make = useMutation({
    mutationFn: () => post<Session>("/session/first", { token, name, password }),
    onSuccess: () => {
      done();
      return client.invalidateQueries();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form className="form" onSubmit={submit}>
      <Field
        label={t("account.name")}
        autoComplete="username"
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label={t("account.password")}
        hint={t("account.passwordHint")}
        type="password"
        autoComplete="new-password"
        minLength={12}
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <FormError error={make.error} />
      <button type="submit" className="button button-main" disabled={make.isPending}>
        {t("setup.title")}
      </button>
    </form>
  );
}
