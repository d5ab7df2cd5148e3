"""What the best listener makes of it: a classifier's area under the curve, and how sure that number is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
FOLDS = 5
RESAMPLED = 2000
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """0.5 is guessing; the true area lies between ``low`` and ``high`` 95 times of 100."""

    turns: int
    area: float
    low: float
    high: float

    @property
    def is_guessing(self) -> bool:
        return self.low <= 0.5 <= self.high


def judge(features: Numbers, labels: npt.NDArray[np.bool_], seed: int = 7) -> Verdict:
    """Score each turn by what was learnt from the others, and see how well the scores tell the labels apart."""
    chance = np.random.default_rng(seed)
    scores = _scores(_ranked(features), labels, chance)
    area = area_under(scores, labels)
    some = [area_under(scores[drawn], labels[drawn]) for drawn in _drawn(labels, chance)]
    low, high = np.quantile(some, (0.025, 0.975))
    return Verdict(len(labels), area, float(low), float(high))


def area_under(scores: Numbers, labels: npt.NDArray[np.bool_]) -> float:
    """How often a score of one kind is greater than one of the other, ties counted half."""
    some, others = scores[labels], scores[~labels]
    greater = (some[:, None] > others[None, :]).mean() + 0.5 * (some[:, None] == others[None, :]).mean()
    return float(greater)


def _ranked(features: Numbers) -> Numbers:
    """Each feature by its rank, and how far that is from the middle: a machine that hiccups once teaches nothing."""
    ranks = np.apply_along_axis(lambda one: np.searchsorted(np.sort(one), one), 0, features) / len(features) - 0.5
    both = np.hstack([ranks, np.abs(ranks)])
    spread: Numbers = both.std(axis=0)
    return (both - both.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _scores(features: Numbers, labels: npt.NDArray[np.bool_], chance: np.random.Generator) -> Numbers:
    """Logistic regression's, each fold by the others: none is judged by what was learnt from itself."""
    fold = np.empty(len(labels), dtype=np.int64)  # as many of each kind in each: else a fold's lack tells by itself
    for kind in (labels, ~labels):
        fold[kind] = chance.permutation(int(kind.sum())) % FOLDS
    scores = np.zeros(len(labels))
    for number in range(FOLDS):
        others = fold != number
        weights, bias = _learnt(features[others], labels[others].astype(float))
        scores[~others] = features[~others] @ weights + bias
    return scores


def _learnt(features: Numbers, wanted: Numbers) -> tuple[Numbers, float]:
    """Newton's method; the ridge holds back what a few turns happen to say."""
    with_one = np.hstack([features, np.ones((len(features), 1))])
    held = np.diag([RIDGE] * features.shape[1] + [0.0])
    weights = np.zeros(with_one.shape[1])
    for _ in range(25):
        said = 1 / (1 + np.exp(-np.clip(with_one @ weights, -30, 30)))
        slope = with_one.T @ (said - wanted) + held @ weights
        bend = (with_one.T * (said * (1 - said) + 1e-9)) @ with_one + held
        weights = weights - np.linalg.solve(bend, slope)
    return weights[:-1], float(weights[-1])


def _drawn(labels: npt.NDArray[np.bool_], chance: np.random.Generator) -> list[npt.NDArray[np.int64]]:
    """The turns drawn again with replacement, as many of each kind."""
    kinds = (np.flatnonzero(labels), np.flatnonzero(~labels))
    return [np.concatenate([chance.choice(kind, len(kind)) for kind in kinds]) for _ in range(RESAMPLED)]
