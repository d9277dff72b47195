"""Properties of streams that are lived through, on more drawn examples than in tests/core, service and adapters."""

from __future__ import annotations

import test_ledger
import test_live_family
import test_live_fold
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

test_what_is_found_is_what_a_scan_of_the_whole_history_finds = often(
    given(test_live_fold.SEEDS)(
        test_live_fold.test_what_is_found_is_what_a_scan_of_the_whole_history_finds.hypothesis.inner_test
    )
)
test_batches_clocks_and_restarts_between_frames_change_nothing = often(
    given(test_live_fold.SEEDS, st.integers(1, 40))(
        test_live_fold.test_batches_clocks_and_restarts_between_frames_change_nothing.hypothesis.inner_test
    )
)
test_the_order_in_which_reports_of_open_windows_come_makes_no_difference = often(
    given(test_live_fold.SEEDS, test_live_fold.SEEDS)(
        test_live_fold.test_the_order_in_which_reports_of_open_windows_come_makes_no_difference.hypothesis.inner_test
    )
)
test_taken_on_in_any_steps_a_family_finds_what_a_scan_of_the_whole_finds = often(
    given(test_live_family.SEEDS, test_live_family.WIDTHS_S, test_live_family.PER_DAY)(
        test_live_family.test_taken_on_in_any_steps_a_family_finds_what_a_scan_of_the_whole_finds.hypothesis.inner_test
    )
)
prepared = test_ledger.prepared
test_a_ledger_that_was_killed_anywhere_ends_as_one_that_was_not = often(
    given(drawn=test_ledger.frames, data=st.data())(
        test_ledger.test_a_ledger_that_was_killed_anywhere_ends_as_one_that_was_not.hypothesis.inner_test
    )
)
