"""The best one-to-one assignment of rows to columns."""

from __future__ import annotations

from collections.abc import Sequence


def best_assignment(scores: Sequence[Sequence[float]]) -> list[int | None]:
    """The column of each row that maximises the sum of scores, None for no column.

    Hungarian method with potentials, O(rows² × columns). A row stays without a
    column rather than take one that adds nothing.

    >>> best_assignment([[0.9, 0.8], [0.8, 0.1]])
    [1, 0]
    >>> best_assignment([[0.5], [0.7]])
    [None, 0]
    """
    rows = len(scores)
    width = len(scores[0]) if rows else 0
    columns = width + rows  # one place more for each row: "none", worth nothing
    # Index 0 of columns is the row being placed, as in the usual formulation.
    row_potential = [0.0] * (rows + 1)
    column_potential = [0.0] * (columns + 1)
    row_of = [0] * (columns + 1)
    for row in range(1, rows + 1):
        row_of[0] = row
        slack = [float("inf")] * (columns + 1)
        came_from = [0] * (columns + 1)
        done = [False] * (columns + 1)
        column = 0
        while row_of[column]:
            done[column] = True
            here, step, following = row_of[column], float("inf"), 0
            for other in range(1, columns + 1):
                if done[other]:
                    continue
                gain = scores[here - 1][other - 1] if other <= width else 0.0
                reduced = -gain - row_potential[here] - column_potential[other]
                if reduced < slack[other]:
                    slack[other], came_from[other] = reduced, column
                if slack[other] < step:
                    step, following = slack[other], other
            for other in range(columns + 1):
                if done[other]:
                    row_potential[row_of[other]] += step
                    column_potential[other] -= step
                else:
                    slack[other] -= step
            column = following
        while column:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    result: list[int | None] = [None] * rows
    for column in range(1, width + 1):
        if row_of[column] and scores[row_of[column] - 1][column - 1] > 0:
            result[row_of[column] - 1] = column - 1
    return result
