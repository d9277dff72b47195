"""Tuning: the constants of the change-point, each with its reason, and the one knob of the user."""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Positions in the tuning vector.
(
    THRESHOLD,
    LOSS_MIN,
    LOSS_SHARE,
    DRIFT_Q,
    FORGET,
    ECHO_D,
    ECHO_SLOW_D,
    ECHO_PRIOR,
    ECHO_WEIGHT,
    ECHO_FACTOR,
    DISP_PRIOR,
    DISP_WEIGHT,
    PRIOR_SHAPE,
    CLEAR_NATS,
    OPEN_MAX,
    WARM_BINS,
    ECHO_MAX,
    FADE,
    NEWS_SHARE,
    NEWS_AFTER,
    NEWS_UNTIL,
    LESSON_BINS,
    SPIKE_BINS,
    HOLD_BINS,
    LULL_BINS,
) = range(25)

# Talk of an outage comes back with the next day's papers: from six hours after its end, until the evening after.
NEWS_AFTER_HOURS, NEWS_UNTIL_HOURS = 6.0, 36.0
# Whether it is over is judged so many seconds at a time: people write in gusts, and a lull of a minute is no end.
JUDGED_S = 300.0


class Tuning(msgspec.Struct, frozen=True, kw_only=True):
    """The constants of the change-point, each with its reason.

    Attributes:
        bin_s: width of a bin in seconds.
        false_alarms_per_week: the one knob of the user.
        loss_min: reports of a loss of service that a finding needs at least.
        loss_share: share of such reports in all talk since the onset.
        drift_per_day: relative standard deviation of the usual level from one day to the next.
        memory_days: after so long the level has forgotten two thirds and leans on its prior.
        echo_prior: replies that one report draws, believed before any are seen.
        echo_reports: how many reports that belief is worth.
        echo_minutes: mean delay of a reply.
        echo_factor: share of those replies believed to stay in this scope (a reply rarely repeats the place).
        echo_max: replies a report may draw at most, 0 for counts without replies; at 1 a chain would never end.
        dispersion_prior: variance beyond Poisson, relative to the squared mean.
        dispersion_weight: how many squared expected counts that prior is worth.
        prior_shape: weight of the prior level, in signals.
        clear_nats: evidence for "as usual" that closes a finding.
        lull_minutes: a lull shorter than this is none of the end, however clear; people write in gusts.
        open_days_max: after so long a new level is taken for usual.
        warm_bins: bins of a series without prior before anything is judged.
        outage_hours: how long an outage lasts on average; suspicion without news fades at that pace. 0 = it does not.
        news_share: how much of an outage's rise the talk of the next day may reach; 0 = there is none.
        spike_minutes: a leap of the counts that is over within so long is a spike; 0 = there are none.
        belief_days: for so many days the silence of a place is believed before any was seen.
        lesson_days: how long a finding may mean that the level was believed too low; 0 = it never does.
        headroom: threshold over bins per false alarm; 1 is the proven bound.
        rare_headroom: the same of a place that hardly ever speaks (`detect.family`); there alarms overshoot most.
    """

    bin_s: int = 300
    false_alarms_per_week: float = 0.1
    loss_min: float = 0.0
    loss_share: float = 0.0
    drift_per_day: float = 0.1
    memory_days: float = 28.0
    echo_prior: float = 0.0
    echo_reports: float = 30.0
    echo_minutes: float = 20.0
    echo_factor: float = 1.0
    dispersion_prior: float = 0.05
    dispersion_weight: float = 20.0
    prior_shape: float = 0.5
    clear_nats: float = 4.0
    lull_minutes: float = 0.0
    open_days_max: float = 1.0
    warm_bins: int = 12
    echo_max: float = 0.0
    outage_hours: float = 4.0
    news_share: float = 0.5
    spike_minutes: float = 30.0
    belief_days: float = 0.0
    lesson_days: float = 0.0
    headroom: float = 0.7
    rare_headroom: float = 1.0

    def bins_per_week(self) -> float:
        """Return how many bins a week has."""
        return 604_800 / self.bin_s

    def threshold(self) -> float:
        """Return the Shiryaev-Roberts sum at which an alarm is raised."""
        return self.headroom * self.bins_per_week() / self.false_alarms_per_week

    def outage_bins(self) -> float:
        """Return the length of an outage in bins."""
        return 7200.0 / self.bin_s

    def vector(self) -> Floats:
        """Return the tuning as the kernel takes it."""
        bins_per_day = 86_400 / self.bin_s
        echo_d = math.exp(-self.bin_s / (60.0 * self.echo_minutes))
        # One report's squared footprint in the echo, so that the prior can be stated in reports.
        footprint = (1 - echo_d) / (1 + echo_d)
        return np.array(
            [
                self.threshold(),
                self.loss_min,
                self.loss_share,
                self.drift_per_day**2 / bins_per_day,
                1.0 / (self.memory_days * bins_per_day),
                echo_d,
                math.exp(-self.bin_s / (600.0 * self.echo_minutes)),
                self.echo_prior,
                self.echo_reports * footprint,
                self.echo_factor,
                self.dispersion_prior,
                self.dispersion_weight,
                self.prior_shape,
                self.clear_nats,
                self.open_days_max * bins_per_day,
                float(self.warm_bins),
                self.echo_max,
                self.bin_s / (3600.0 * self.outage_hours) if self.outage_hours else 0.0,
                self.news_share,
                NEWS_AFTER_HOURS * 3600 / self.bin_s,
                NEWS_UNTIL_HOURS * 3600 / self.bin_s,
                self.lesson_days * bins_per_day,
                max(1.0, 60.0 * self.spike_minutes / self.bin_s) if self.spike_minutes else 0.0,
                max(1.0, JUDGED_S / self.bin_s),
                60.0 * self.lull_minutes / self.bin_s,
            ]
        )
