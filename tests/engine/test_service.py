"""The normal distribution against scipy; fill-rate factors against the vectors."""

import numpy as np
import pytest
from engine import normal
from engine.service import (
    inverse_loss,
    normal_cdf,
    normal_loss,
    normal_quantile,
    safety_factor_for_fill_rate,
)

stats = pytest.importorskip("scipy.stats")
integrate = pytest.importorskip("scipy.integrate")


def test_tails_and_density_equal_scipy():
    x = np.linspace(-37, 37, 20001)
    np.testing.assert_allclose(normal.tail(x), stats.norm.sf(x), rtol=1e-12)
    np.testing.assert_allclose(normal_cdf(x), stats.norm.cdf(x), rtol=1e-12)
    np.testing.assert_allclose(normal.density(x), stats.norm.pdf(x), rtol=1e-12)
    assert normal.tail([np.inf, -np.inf, 500]).tolist() == [0, 1, 0]


def test_quantile_equals_scipy():
    p = np.concatenate([np.linspace(0, 1, 10001), 10.0 ** -np.arange(3, 300, 7)])
    np.testing.assert_allclose(normal_quantile(p), stats.norm.ppf(p), rtol=1e-12)
    for bad in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError):
            normal_quantile(bad)


@pytest.mark.parametrize("k", [-5.0, -0.3, 0.0, 0.46, 1.0, 3.0, 5.6, 8.0])
def test_loss_is_the_integral_of_the_tail(k):
    area = integrate.quad(stats.norm.sf, k, k + 30, epsabs=0, epsrel=1e-12)[0]
    assert float(normal_loss(k)) == pytest.approx(area, rel=1e-9)


def test_loss_has_its_inverse():
    loss = np.concatenate([10.0 ** np.linspace(-200, 3, 500), np.linspace(0.2, 2, 99)])
    np.testing.assert_allclose(normal_loss(inverse_loss(loss)), loss, rtol=1e-9)
    with pytest.raises(ValueError):
        inverse_loss([0.0])


def test_fill_rate_vector():
    k = safety_factor_for_fill_rate(0.98, 43.8634, [100, 200, 800])
    assert k == pytest.approx([1.2993, 0.9521, 0.0703], abs=5e-5)
    assert k * 43.8634 == pytest.approx([56.99, 41.76, 3.08], abs=0.01)


def test_service_level_vector():
    """CSL .95 at that sigma fills .9908, .9954, .9989 of the units."""
    quantity = np.array([100, 200, 800])
    fill = 1 - 43.8634 * normal_loss(normal_quantile(0.95)) / quantity
    assert fill == pytest.approx([0.9908, 0.9954, 0.9989], abs=5e-5)


def test_fill_rate_limits():
    assert safety_factor_for_fill_rate(0.9, 0, [0, 5]).tolist() == [0, 0]
    assert safety_factor_for_fill_rate(0.5, 1, 1000) == pytest.approx(-500)
    for bad in ((1.0, 1, 1), (0.9, 1, 0), (0.9, -1, 1), (-0.1, 1, 1)):
        with pytest.raises(ValueError):
            safety_factor_for_fill_rate(*bad)
