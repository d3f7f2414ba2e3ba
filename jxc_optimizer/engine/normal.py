"""The normal distribution in numpy: density, tail, quantile, loss.

numpy has no error function; the complementary one is Cody's rational Chebyshev
approximation (Math. Comp. 23, 1969), the quantile Wichura's AS 241 (1988). Both
are good to about 1e-15 relative.
"""

from __future__ import annotations

import numpy as np

_ROOT_HALF = np.sqrt(0.5)
_ROOT_TWO_PI = np.sqrt(2.0 * np.pi)

# erf, |x| <= 0.46875
_SMALL_P = (
    1.85777706184603153e-1,
    3.16112374387056560e0,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
)
_SMALL_Q = (
    1.0,
    2.36012909523441209e1,
    2.44024637934444173e2,
    1.28261652607737228e3,
    2.84423683343917062e3,
)
# erfc, 0.46875 < x <= 4
_MIDDLE_P = (
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594e0,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3,
)
_MIDDLE_Q = (
    1.0,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3,
)
# erfc, x > 4
_LARGE_P = (
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4,
)
_LARGE_Q = (
    1.0,
    2.56852019228982242e0,
    1.87295284992346725e0,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3,
)


def _polynomial(coefficients, x):
    """By Horner, without a new array for each step."""
    result = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        result *= x
        result += coefficient
    return result


def _ratio(p, q, x):
    result = _polynomial(p, x)
    result /= _polynomial(q, x)
    return result


def _scaled_erfc(x: np.ndarray) -> np.ndarray:
    """exp(x^2) erfc(x) for x >= 0; each approximation only where it is used."""
    flat = np.ravel(x)
    result = np.empty_like(flat)
    is_small, is_large = flat <= 0.46875, flat > 4.0
    rows = np.flatnonzero(is_small)
    small = flat[rows]
    square = small * small
    result[rows] = np.exp(square) * (1.0 - small * _ratio(_SMALL_P, _SMALL_Q, square))
    rows = np.flatnonzero(~(is_small | is_large))
    result[rows] = _ratio(_MIDDLE_P, _MIDDLE_Q, flat[rows])
    rows = np.flatnonzero(is_large)
    large = flat[rows]
    inverse = 1.0 / (large * large)
    tail = inverse * _ratio(_LARGE_P, _LARGE_Q, inverse)
    result[rows] = (1.0 / np.sqrt(np.pi) - tail) / large
    return result.reshape(np.shape(x))


def density(x) -> np.ndarray:
    """Standard normal density."""
    x = np.asarray(x, dtype=np.float64)
    return np.exp(-0.5 * x * x) / _ROOT_TWO_PI


def tail(x) -> np.ndarray:
    """1 - Phi(x), with full relative accuracy for large x.

    >>> round(float(tail(1.959963984540054)), 12)
    0.025
    """
    x = np.asarray(x, dtype=np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        upper = 0.5 * np.exp(-0.5 * x * x) * _scaled_erfc(np.abs(x) * _ROOT_HALF)
    return np.where(x >= 0, upper, 1.0 - upper)


def cdf(x) -> np.ndarray:
    """Standard normal distribution function Phi(x)."""
    return tail(-np.asarray(x, dtype=np.float64))


def loss(k) -> np.ndarray:
    """Unit normal loss G(k) = phi(k) - k (1 - Phi(k)).

    Expected units short per unit of standard deviation when the stock covers
    the mean plus k standard deviations.

    >>> round(float(loss(0.9521)), 4)
    0.0912
    """
    k = np.asarray(k, dtype=np.float64)
    size = np.minimum(np.abs(k), 38.0)  # beyond, the density underflows
    mills = np.sqrt(np.pi / 2.0) * _scaled_erfc(size * _ROOT_HALF)
    # 1 - size*mills loses size^2 digits' worth only, not the density's
    upper = np.maximum(density(size) * (1.0 - size * mills), 0.0)
    return np.where(k >= 0, upper, upper - np.minimum(k, 0.0))


_CENTRE_P = (
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.3871328727963666080e0,
)
_CENTRE_Q = (
    5.2264952788528545610e3,
    2.8729085735721942674e4,
    3.9307895800092710610e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.8718700749205790830e2,
    4.2313330701600911252e1,
    1.0,
)
_NEAR_P = (
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258e0,
    3.64784832476320460504e0,
    5.76949722146069140550e0,
    4.63033784615654529590e0,
    1.42343711074968357734e0,
)
_NEAR_Q = (
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940e0,
    2.05319162663775882187e0,
    1.0,
)
_FAR_P = (
    2.01033439929228813265e-7,
    2.71155556874348757815e-5,
    1.24266094738807843860e-3,
    2.65321895265761230930e-2,
    2.96560571828504891230e-1,
    1.78482653991729133580e0,
    5.46378491116411436990e0,
    6.65790464350110377720e0,
)
_FAR_Q = (
    2.04426310338993978564e-15,
    1.42151175831644588870e-7,
    1.84631831751005468180e-5,
    7.86869131145613259100e-4,
    1.48753612908506148525e-2,
    1.36929880922735805310e-1,
    5.99832206555887937690e-1,
    1.0,
)


def quantile(p) -> np.ndarray:
    """Inverse of the standard normal distribution function.

    0 gives -inf and 1 gives inf; outside 0..1 is a ValueError.

    >>> round(float(quantile(0.95)), 7)
    1.6448536
    """
    p = np.asarray(p, dtype=np.float64)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p must lie within 0..1")
    flat = p.ravel()
    result = np.empty_like(flat)
    centred = flat - 0.5
    is_centre = np.abs(centred) <= 0.425
    rows = np.flatnonzero(is_centre)
    centre = centred[rows]
    result[rows] = centre * _ratio(_CENTRE_P, _CENTRE_Q, 0.180625 - centre * centre)
    rows = np.flatnonzero(~is_centre)
    outer = np.minimum(flat[rows], 1.0 - flat[rows])
    with np.errstate(divide="ignore"):
        radius = np.sqrt(-np.log(outer))
    wings = np.empty_like(radius)
    near = radius <= 5.0
    wings[near] = _ratio(_NEAR_P, _NEAR_Q, radius[near] - 1.6)
    far = np.minimum(radius[~near], 40.0) - 5.0
    wings[~near] = _ratio(_FAR_P, _FAR_Q, far)
    wings[outer == 0] = np.inf
    result[rows] = np.copysign(wings, centred[rows])
    return result.reshape(p.shape)
