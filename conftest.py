"""What all tests share: the profile, and that nothing is skipped in CI."""

import os

import pytest

LONG = bool(os.environ.get("JXC_LONG"))
CI = os.environ.get("CI", "").lower() not in ("", "0", "false")

try:
    from hypothesis import settings

    settings.register_profile("fast", max_examples=20, deadline=None)
    settings.register_profile("long", max_examples=500, deadline=None)
    settings.load_profile("long" if LONG else "fast")
except ImportError:  # the engine's plain tests run without it
    pass


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """A skipped test proves nothing: in CI it is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if CI and skipped and exitstatus == pytest.ExitCode.OK:
        for report in skipped:
            reporter.write_line(f"skipped in CI: {report.nodeid}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
