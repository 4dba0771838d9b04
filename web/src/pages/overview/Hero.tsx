import { lazy, Suspense } from "react";
import { useLang } from "../../state/lang";
import { AppLink, Loading } from "../../ui";

const DistrictMap = lazy(async () => ({
  default: (await import("../map/DistrictMap")).DistrictMap,
}));

/** The district's map in a frame of fixed height, so that nothing moves when it comes. */
export function Hero() {
  const { t } = useLang();
  return (
    <section className="hero" aria-label={t("overview.map")}>
      <Suspense fallback={<Loading height={400} />}>
        <DistrictMap compact />
      </Suspense>
      <AppLink to="/map" className="button button-small hero-open">
        {t("overview.mapOpen")}
      </AppLink>
    </section>
  );
}
