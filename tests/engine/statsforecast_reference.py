"""Store reference forecasts of the library statsforecast.

    pip install statsforecast
    python tests/engine/statsforecast_reference.py

Writes statsforecast_reference.json beside this file: series (fixed seed), the
library's version and its one-step forecasts with alpha 0.1.
"""

import json
from pathlib import Path

import numpy as np


def main() -> None:
    import statsforecast
    from statsforecast.models import (
        CrostonClassic,
        CrostonSBA,
        SimpleExponentialSmoothing,
    )

    rng = np.random.default_rng(20)
    cases = []
    for _ in range(30):
        length = int(rng.integers(8, 60))
        series = rng.poisson(4, length) * (rng.random(length) < rng.uniform(0.2, 0.9))
        series[rng.integers(0, length)] += 1
        values = series.astype(float)

        def forecast(model, values=values):
            return float(model.forecast(values, h=1)["mean"][0])

        cases.append(
            {
                "series": values.tolist(),
                "ses": forecast(SimpleExponentialSmoothing(alpha=0.1)),
                "croston": forecast(CrostonClassic()),
                "sba": forecast(CrostonSBA()),
            }
        )
    content = {"version": statsforecast.__version__, "cases": cases}
    path = Path(__file__).with_name("statsforecast_reference.json")
    path.write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
