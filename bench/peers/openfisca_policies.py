#!/usr/bin/env python3
"""Six of the shipped policies as OpenFisca formulas: evaluations a second, vectorised over firms.

Prints one line. Needs openfisca-core; amounts are floats there, and there are no proofs.
"""

import sys
import time

try:
    import numpy as np
    from openfisca_core.entities import Entity
    from openfisca_core.periods import MONTH
    from openfisca_core.simulation_builder import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable
except ImportError:
    sys.exit(3)

FIRMS = 200_000
Firm = Entity("firm", "firms", "A firm", "")


def stated(name, kind):
    return type(name, (Variable,), {"value_type": kind, "entity": Firm, "definition_period": MONTH})


def worked(name, formula):
    members = {"value_type": float, "entity": Firm, "definition_period": MONTH, "formula": formula}
    return type(name, (Variable,), members)


INPUTS = {
    "rent": float, "verified": bool, "contract": float, "third_party": bool, "corpus": float,
    "affiliated": float, "delivered": bool, "income": float, "staff": float, "assets": float,
    "barred": bool, "high_tech": bool, "transfer": float, "registered": bool,
}


def compute(firm, period):
    return firm("verified", period) * 0.3 * firm("rent", period)


def model(firm, period):
    return firm("third_party", period) * np.minimum(0.5 * firm("contract", period), 5_000_000)


def corpora(firm, period):
    base = np.maximum(firm("corpus", period) - firm("affiliated", period), 0)
    return firm("delivered", period) * 0.3 * base


def small(firm, period):
    fits = (firm("income", period) <= 3_000_000) * (firm("staff", period) <= 300)
    fits = fits * (firm("assets", period) <= 50_000_000) * np.logical_not(firm("barred", period))
    return fits * 0.2 * firm("income", period)


def high_tech(firm, period):
    return firm("high_tech", period) * 0.1 * firm("income", period)


def relief(firm, period):
    income = firm("transfer", period)
    within, above = np.minimum(income, 5_000_000), np.maximum(income - 5_000_000, 0)
    return firm("registered", period) * (0.25 * within + 0.125 * above)


system = TaxBenefitSystem([Firm])
for name, kind in INPUTS.items():
    system.add_variable(stated(name, kind))
RULES = {f.__name__: f for f in (compute, model, corpora, small, high_tech, relief)}
for name, formula in RULES.items():
    system.add_variable(worked("rule_" + name, formula))


def seconds(firms):
    simulation = SimulationBuilder().build_default_simulation(system, firms)
    chance = np.random.default_rng(7)
    for name, kind in INPUTS.items():
        values = chance.random(firms) < 0.5 if kind is bool else chance.random(firms) * 8_000_000
        simulation.set_input(name, "2025-06", values)
    start = time.perf_counter()
    for name in RULES:
        simulation.calculate("rule_" + name, "2025-06")
    return time.perf_counter() - start


many, one = seconds(FIRMS), min(seconds(1) for _ in range(20))
rate = FIRMS * len(RULES) / many / 1e6
print(f"{rate:.1f} M/s over {FIRMS} firms at once; {one / len(RULES) * 1e6:.0f} µs for one firm and rule")
