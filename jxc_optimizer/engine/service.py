"""From a service target to a safety factor."""

from __future__ import annotations

import numpy as np

from . import normal
from ._arrays import columns

normal_quantile = normal.quantile
normal_cdf = normal.cdf
normal_loss = normal.loss


def safety_factor_for_fill_rate(fill, sigma, quantity) -> np.ndarray:
    """Safety factor k with which normal demand is filled at the rate ``fill``.

    Solves G(k) = (1 - fill) Q / sigma (Silver, Pyke and Thomas, 7.3). With a
    large lot k is negative: the lot alone gives the service. The caller floors
    the safety stock at zero and says so (``policy.levels`` does). Undershoot of
    the reorder point is not in the formula.

    :param fill: share of the units delivered from stock, 0 <= fill < 1
    :param sigma: standard deviation of demand over the protection interval
    :param quantity: order quantity, above 0 where sigma is
    :returns: k; 0 where sigma is 0

    >>> safety_factor_for_fill_rate(.98, 43.8634, [100, 200, 800]).round(4)
    array([1.2993, 0.9521, 0.0703])
    """
    fill, sigma, quantity = columns(fill=fill, sigma=sigma, quantity=quantity)
    if (fill >= 1).any():
        raise ValueError("fill must be below 1")
    if ((quantity == 0) & (sigma > 0)).any():
        raise ValueError("quantity must be above 0")
    certain = sigma == 0
    loss = np.where(certain, 1.0, (1.0 - fill) * quantity / np.where(certain, 1, sigma))
    return np.where(certain, 0.0, inverse_loss(loss))


def inverse_loss(loss) -> np.ndarray:
    """k with G(k) = ``loss`` > 0, by Newton's method on log G.

    >>> normal_loss(inverse_loss([5.0, 0.1, 1e-9])).round(12).tolist()
    [5.0, 0.1, 1e-09]
    """
    loss = np.asarray(loss, dtype=np.float64)
    if not (loss > 0).all():
        raise ValueError("loss must be above 0")
    # Rational start of Silver, Pyke and Thomas, within 0.001 for 0 < k < 4.
    z = np.sqrt(np.log(25.0) - 2.0 * np.log(np.minimum(loss, 0.5)))
    k = np.polyval((1.0897299, -3.8836830, 5.6211054, -5.3925569), z) / np.polyval(
        (0.0669136868, 0.507326622, -0.72496485, 1.0), z
    )
    # Far out G(k) is about phi(k) / k^2.
    radius = -2.0 * np.log(np.minimum(loss, 1e-5))
    k = np.where(loss < 1e-5, np.sqrt(radius - 1.84 - 2.0 * np.log(radius)), k)
    # G(k) = -k + G(-k): above 1/2 the loss is nearly -k itself.
    k = np.where(loss > 0.5, -loss + normal_loss(loss), k)
    for _ in range(8):
        value, slope = normal_loss(k), normal.tail(k)
        k = k + np.log(value / loss) * value / slope
    return k
