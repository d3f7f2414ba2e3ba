"""Variance of demand over the protection interval, pooled over articles.

Single articles have too few observations for a variance of their own. Two
estimates start from the article's own squared errors and shrink them to Taylor's
power law (log variance against log mean and its square) by empirical Bayes; a
third is a gamma regression of squared errors on what is known at the time. The
result is their geometric mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# A squared error counts at most this often its expectation.
LARGEST_RATIO = 60.0
MAX_ROWS = 300_000


@dataclass(frozen=True)
class VarianceModel:
    """Pooled coefficients; plain lists and numbers for storage."""

    first: list  # power law of the first forecast's errors
    second: list
    first_prior: list  # [spread of true variances, noise of one observation]
    second_prior: list
    third: list  # gamma regression of the third forecast's squared errors


def power_terms(rate) -> np.ndarray:
    """[..., 3]: 1, log rate and its square."""
    log = np.log(rate)
    return np.stack([np.ones_like(log), log, log * log], axis=-1)


def gamma_regression(regressors, target, weight=None, rounds: int = 12) -> np.ndarray:
    """Coefficients b of E[target] = exp(x b), by iterated least squares.

    Quasi-likelihood with variance proportional to the squared mean (McCullagh
    and Nelder 1989, chapter 8); zeros in the target are allowed. A light ridge
    keeps collinear regressors apart.

    :param regressors: [r, p], the first column constant
    :param target: [r] at least 0
    :param weight: [r]
    """
    regressors = np.asarray(regressors, dtype=np.float64)
    target = np.asarray(target, dtype=np.float64)
    weight = np.ones(len(target)) if weight is None else np.asarray(weight)
    width = regressors.shape[1]
    mean = np.average(target, weights=weight) if len(target) else 0.0
    coefficients = np.zeros(width)
    if mean <= 0:
        return coefficients
    coefficients[0] = np.log(mean)
    weighted = regressors * weight[:, None]
    gram = weighted.T @ regressors
    ridge = np.diag(1e-4 * np.diag(gram) + 1e-9)
    ridge[0, 0] = 1e-9
    for _ in range(rounds):
        linear = np.clip(regressors @ coefficients, -60, 60)
        ratio = np.minimum(target / np.exp(linear), LARGEST_RATIO)
        step = np.linalg.solve(gram + ridge, weighted.T @ (ratio - 1.0))
        # Far from the solution a full step overshoots.
        coefficients = coefficients + np.clip(step, -1.5, 1.5)
        if np.abs(step).max() < 1e-6:
            break
    return coefficients


def fit_power_law(rate, squared, weight):
    """Power law and prior from per-article means of squared errors.

    :param rate: [n] forecast, above 0; ``squared``: [n] mean squared error;
        ``weight``: [n] independent observations in it, 0 = none
    :returns: (coefficients, [variance of log true ratios, noise per observation])
    """
    use = weight > 0
    if use.sum() < 3:
        return [0.0, 1.0, 0.0], [0.0, 1.0]
    terms = power_terms(rate[use])
    coefficients = gamma_regression(terms, squared[use], weight[use])
    ratio = squared[use] / np.exp(terms @ coefficients)
    log = _log_ratio(ratio, weight[use])
    log = log - np.average(log, weights=weight[use])
    # E[log^2] = spread + noise / observations, by least squares
    inverse = 1.0 / (weight[use] + 1.0)
    design = np.stack([np.ones_like(inverse), inverse], axis=1)
    spread, noise = np.linalg.lstsq(design, np.minimum(log**2, 9.0), rcond=None)[0]
    return coefficients.tolist(), [float(max(spread, 0.02)), float(max(noise, 1.0))]


def shrunk(rate, squared, weight, coefficients, prior) -> np.ndarray:
    """Article variances between their own errors and the power law."""
    line = np.exp(np.clip(power_terms(rate) @ np.asarray(coefficients), -60, 60))
    spread, noise = prior
    share = spread / (spread + noise / (weight + 1.0))
    own = _log_ratio(squared / line, weight)
    return line * np.exp(np.where(weight > 0, share * own, 0.0))


def _log_ratio(ratio, weight):
    """Log of own variance / law, with one observation of the law added."""
    return np.log((np.minimum(ratio, LARGEST_RATIO) * weight + 1.0) / (weight + 1.0))


def thin(rows: np.ndarray) -> np.ndarray:
    """Every so many of the rows, so that a fit stays within bounds."""
    return rows[:: max(1, -(-len(rows) // MAX_ROWS))]
