"""What is wrong with a member is said in words of ours, without the value."""

from typing import Literal

import pytest
from pydantic import Field, ValidationError

from models.base import Frozen
from models.documents import first_fault


class Cat(Frozen):
    kind: Literal["cat"]
    lives: int = Field(gt=0, le=9)


class Dog(Frozen):
    kind: Literal["dog"]
    weight: float = Field(ge=0.5)


class House(Frozen):
    pet: Cat | Dog = Field(discriminator="kind")
    rooms: dict[Literal["kitchen", "bath"], int] = Field(default_factory=dict)
    names: tuple[str, ...] = Field(default=(), min_length=1, max_length=2)


CAT = {"kind": "cat", "lives": 9}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({}, "pet: is missing"),
        ({"pet": 3}, "pet: must have members of its own, as in {name: value}"),
        ({"pet": {"lives": 9}}, "pet: its kind is missing"),
        ({"pet": {"kind": "cow"}}, "pet: its kind must be one of cat, dog"),
        ({"pet": CAT | {"lives": 0}}, "pet.lives: must be above 0"),
        ({"pet": CAT | {"lives": 10}}, "pet.lives: must be at most 9"),
        ({"pet": CAT | {"lives": "nine"}}, "pet.lives: must be a whole number"),
        ({"pet": {"kind": "dog", "weight": 0}}, "pet.weight: must be at least 0.5"),
        ({"pet": CAT, "rooms": {"attic": 1}}, "rooms.attic: must be kitchen or bath"),
        ({"pet": CAT, "names": []}, "names: is too short: at least 1"),
        ({"pet": CAT, "names": ["a", "b", "c"]}, "names: is too long: at most 2"),
        ({"pet": CAT, "garden": 1}, "garden: there is no such member"),
    ],
)
def test_a_fault_is_said_in_plain_words(raw: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        House.model_validate(raw)
    assert first_fault(caught.value, raw) == words
