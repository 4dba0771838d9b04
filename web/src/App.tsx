import { lazy, Suspense } from "react";
import { Route, Routes, useLocation } from "react-router";
import { EvidenceProvider } from "./evidence";
import { PageGuard } from "./shell/PageGuard";
import { Shell } from "./shell/Shell";
import { Loading } from "./ui";

const Overview = lazy(() => import("./pages/overview"));
const MapPage = lazy(() => import("./pages/map"));
const GraphPage = lazy(() => import("./pages/graph"));
const EntityPage = lazy(() => import("./pages/entity"));
const Indicators = lazy(() => import("./pages/indicators"));
const CubePage = lazy(() => import("./pages/cube"));
const Documents = lazy(() => import("./pages/documents"));
const PairsPage = lazy(() => import("./pages/pairs"));
const MatchPage = lazy(() => import("./pages/match"));
const Cases = lazy(() => import("./pages/cases"));
const Market = lazy(() => import("./pages/market"));
const Portfolio = lazy(() => import("./pages/portfolio"));
const Holidays = lazy(() => import("./pages/holidays"));
const Package = lazy(() => import("./pages/package"));
const Requests = lazy(() => import("./pages/requests"));
const Applications = lazy(() => import("./pages/applications"));
const Desk = lazy(() => import("./pages/desk"));
const Compute = lazy(() => import("./pages/compute"));
const Providers = lazy(() => import("./pages/compute/Providers"));
const Sharing = lazy(() => import("./pages/compute/Sharing"));
const WhatIf = lazy(() => import("./pages/compute/WhatIf"));
const Vouchers = lazy(() => import("./pages/vouchers"));
const Pools = lazy(() => import("./pages/pools"));
const Studio = lazy(() => import("./pages/studio"));
const NoticesPage = lazy(() => import("./pages/notices"));
const Policies = lazy(() => import("./pages/policies"));
const Calculator = lazy(() => import("./pages/calculator"));
const TransferReport = lazy(() => import("./pages/transfer-report"));
const Sources = lazy(() => import("./pages/sources"));
const Changes = lazy(() => import("./pages/changes"));
const Coverage = lazy(() => import("./pages/coverage"));
const SearchPage = lazy(() => import("./pages/search"));
const Questions = lazy(() => import("./pages/questions"));
const Import = lazy(() => import("./pages/import"));
const AccountPage = lazy(() => import("./pages/account"));
const Setup = lazy(() => import("./pages/setup"));
const Journal = lazy(() => import("./pages/journal"));
const Reference = lazy(() => import("./pages/reference"));
const Missing = lazy(() => import("./pages/missing"));

/** All pages by address; each is its own chunk, so the first load holds none of the heavy ones. */
export function App() {
  const { pathname } = useLocation();
  return (
    <EvidenceProvider>
      <Shell>
        <PageGuard page={pathname}>
          <Suspense fallback={<Loading />}>
            <Routes>
              <Route path="/" element={<Overview />} />
              <Route path="/map" element={<MapPage />} />
              <Route path="/graph" element={<GraphPage />} />
              <Route path="/entities/:id" element={<EntityPage />} />
              <Route path="/indicators" element={<Indicators />} />
              <Route path="/indicators/:key" element={<Indicators />} />
              <Route path="/cube" element={<CubePage />} />
              <Route path="/documents" element={<Documents />} />
              <Route path="/documents/:key" element={<Documents />} />
              <Route path="/pairs" element={<PairsPage />} />
              <Route path="/match" element={<MatchPage />} />
              <Route path="/cases" element={<Cases />} />
              <Route path="/cases/:id" element={<Cases />} />
              <Route path="/market" element={<Market />} />
              <Route path="/market/:id" element={<Market />} />
              <Route path="/portfolio" element={<Portfolio />} />
              <Route path="/holidays" element={<Holidays />} />
              <Route path="/package" element={<Package />} />
              <Route path="/requests" element={<Requests />} />
              <Route path="/requests/:id" element={<Requests />} />
              <Route path="/applications" element={<Applications />} />
              <Route path="/applications/:id" element={<Applications />} />
              <Route path="/desk" element={<Desk />} />
              <Route path="/compute" element={<Compute />} />
              <Route path="/compute/sharing" element={<Sharing />} />
              <Route path="/compute/providers" element={<Providers />} />
              <Route path="/compute/what-if" element={<WhatIf />} />
              <Route path="/compute/:id" element={<Compute />} />
              <Route path="/vouchers" element={<Vouchers />} />
              <Route path="/pools" element={<Pools />} />
              <Route path="/studio" element={<Studio />} />
              <Route path="/notices" element={<NoticesPage />} />
              <Route path="/notices/:id" element={<NoticesPage />} />
              <Route path="/policies" element={<Policies />} />
              <Route path="/policies/:id" element={<Policies />} />
              <Route path="/calculator" element={<Calculator />} />
              <Route path="/report" element={<TransferReport />} />
              <Route path="/sources" element={<Sources />} />
              <Route path="/sources/:key" element={<Sources />} />
              <Route path="/changes" element={<Changes />} />
              <Route path="/coverage" element={<Coverage />} />
              <Route path="/search" element={<SearchPage />} />
              <Route path="/questions" element={<Questions />} />
              <Route path="/import" element={<Import />} />
              <Route path="/account" element={<AccountPage />} />
              <Route path="/setup" element={<Setup />} />
              <Route path="/journal" element={<Journal />} />
              <Route path="/journal/:id" element={<Journal />} />
              <Route path="/reference" element={<Reference />} />
              <Route path="*" element={<Missing />} />
            </Routes>
          </Suspense>
        </PageGuard>
      </Shell>
    </EvidenceProvider>
  );
}
