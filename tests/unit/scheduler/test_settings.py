"""Settings from the environment."""

from scheduler.settings import Settings


def test_what_is_not_set_has_its_default() -> None:
    found = Settings.from_environment({"HOLDFAST_STORE": "", "PATH": "/bin"})
    assert found == Settings(store="holdfast.sqlite", actor="system")


def test_what_is_set_counts() -> None:
    found = Settings.from_environment({"HOLDFAST_STORE": "a.sqlite", "HOLDFAST_ACTOR": "ann"})
    assert (found.store, found.actor) == ("a.sqlite", "ann")
