"""Decisions about deaths: values in, values out."""

from __future__ import annotations

from antiphon_wire_protocol.manager.supervisor import GiveUp, Restart, Supervisor, SupervisorSettings

SETTINGS = SupervisorSettings(deaths=4, window=100.0, first_delay=1.0, longest_delay=1.5)


def decide(*times: float) -> list[Restart | GiveUp]:
    supervisor = Supervisor(SETTINGS)
    decisions = []
    for time in times:
        supervisor.started()
        supervisor.ready()
        decisions.append(supervisor.died(time))
    return decisions


def test_the_first_death_is_followed_by_a_restart_at_once() -> None:
    assert decide(0.0) == [Restart(0.0)]


def test_pauses_grow_up_to_a_limit_and_then_it_gives_up() -> None:
    assert decide(0.0, 1.0, 2.0, 3.0) == [
        Restart(0.0),
        Restart(1.0),
        Restart(1.5),
        GiveUp("it died 4 times within 100 seconds"),
    ]


def test_old_deaths_are_forgotten() -> None:
    assert decide(0.0, 100.0, 200.0, 300.0, 400.0) == [Restart(0.0)] * 5


def test_a_kernel_that_was_never_ready_is_not_tried_again() -> None:
    supervisor = Supervisor()
    supervisor.started()
    assert isinstance(supervisor.died(0.0), GiveUp)


def test_a_restarted_kernel_must_become_ready_too() -> None:
    supervisor = Supervisor()
    supervisor.started()
    supervisor.ready()
    assert supervisor.died(0.0) == Restart(0.0)
    supervisor.started()
    assert supervisor.died(1.0) == GiveUp("it ended before it was ever ready")
