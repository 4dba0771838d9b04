import { useLang } from "../../state/lang";
import { AppLink, EmptyState, PageHeader } from "../../ui";

export default function Missing() {
  const { t } = useLang();
  return (
    <>
      <PageHeader title={t("missing.title")} />
      <EmptyState
        title={t("missing.title")}
        why={t("missing.why")}
        action={
          <AppLink className="button button-main" to="/">
            {t("missing.action")}
          </AppLink>
        }
      />
    </>
  );
}
