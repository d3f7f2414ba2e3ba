"""Two buyers, the scheduler and the warehouse at once, on real connections."""

RULES = 24


def test_nothing_is_lost_and_nothing_ordered_twice(database):
    found = database.script("buyers", count=RULES)
    assert found["errors"] == []
    # each change once in the log, with what it replaced; what it says counts
    assert found["changes"] == [[4.0, 8.0, 20.0, 40.0]] * RULES
    assert found["levels"] == [[20.0, 40.0]] * RULES
    # every delivery is booked
    assert found["deliveries"] == RULES
    # what is on hand, less deliveries, plus what is ordered, lies between the levels
    assert all(20 <= position <= 40 for position in found["positions"])
    # and nothing is on two requests for quotation
    assert found["lines"] == [1] * RULES
