"""What came back, against following each return by itself."""

import random

import numpy as np
import pytest
from engine import returns as engine


def by_hand(origins: dict[int, int], moved: dict[int, float]) -> dict[int, float]:
    """Move -> share of it that came back."""
    back = {}
    for move in origins:
        head, sign = origins[move], 1
        for _link in range(19):
            if head not in origins:
                break
            head, sign = origins[head], -sign
        if head not in origins:
            back[head] = back.get(head, 0) + sign * moved[move]
    return {
        head: total / moved[head] if moved[head] else 0 for head, total in back.items()
    }


@pytest.mark.parametrize("seed", range(60))
def test_shares(seed):
    dice = random.Random(seed)
    ids = dice.sample(range(1, 60), 30)
    origins = {}
    for place, move in enumerate(ids[1:], 1):
        if dice.random() < 0.6:
            # sometimes in a circle
            earlier = ids[:place] if dice.random() < 0.95 else ids
            origins[move] = dice.choice(earlier)
    moved = {move: dice.choice((0, 1, 2, 5)) / 4 for move in ids}
    pairs = np.array(list(origins.items()), dtype=int).reshape(-1, 2)
    returns = engine.chains(pairs[:, 0], pairs[:, 1])
    place = returns.find(np.array(ids))
    amount = np.zeros(len(returns.back))
    np.add.at(amount, place, [moved[move] for move in ids])
    shares = returns.shares(amount)[place]
    expected = by_hand(origins, moved)
    assert shares == pytest.approx([expected.get(move, 0) for move in ids])
    assert returns.back[place].tolist() == [move in origins for move in ids]


@pytest.mark.parametrize("links", range(17, 23))
def test_a_chain_that_is_too_long_has_no_head(links):
    move = np.arange(2, 2 + links)
    returns = engine.chains(move, move - 1)
    moved = np.ones(len(returns.back))
    first = sum(-((-1) ** depth) for depth in range(1, min(links, 20) + 1))
    assert returns.shares(moved)[0] == first


def test_no_returns():
    none = np.zeros(0, dtype=int)
    returns = engine.chains(none, none)
    assert returns.find(np.array([4, 5])).tolist() == [0, 0]
    assert returns.shares(np.array([3.0])).tolist() == [0]


@pytest.mark.parametrize("spread", (1, 10, 10_000))
def test_found_near_each_other_or_far(spread):
    dice = random.Random(spread)
    known = [move * spread for move in dice.sample(range(1, 90), 40)]
    returns = engine.chains(np.array(known[:20]), np.array(known[20:]))
    asked = [0, 7, *dice.choices(known, k=8), *(move + 1 for move in known)]
    for some in (asked, asked[2:], asked[:2], []):
        place = returns.find(np.array(some, dtype=np.int32))
        found = [*sorted(known), None]
        assert [found[at] for at in place] == [
            move if move in known else None for move in some
        ]
