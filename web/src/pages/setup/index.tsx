import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { post } from "../../api/client";
import type { Session } from "../../api/types";
import { useLang } from "../../state/lang";
import { AppLink, CredentialsForm, EmptyState, PageHeader } from "../../ui";

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
  return (
    <CredentialsForm
      fresh
      submit={t("setup.title")}
      onSubmit={async (name, password) => {
        await post<Session>("/session/first", { token, name, password });
        done();
        await client.invalidateQueries();
      }}
    />
  );
}
