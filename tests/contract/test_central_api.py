"""docs/central-api.yaml is what the simulated centre serves and what Giliran takes, and drifts from neither."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from adapters.central import messages
from adapters.clock import SystemClock
from daemon.demo.centre import CentralSimulator
from daemon.demo.centre.people import make_people
from tests.unit.adapters.central.test_messages import GOOD, NEARLY_A_RECORD

DESCRIPTION = Path(__file__).parents[2] / "docs" / "central-api.yaml"
TOKEN = "an-invented-token"
PEOPLE = 12

api = schemathesis.openapi.from_path(str(DESCRIPTION))


@pytest.fixture(scope="module")
def centre() -> Iterator[CentralSimulator]:
    """Some are print-ready, some not."""
    people = make_people(PEOPLE, seed=1, not_ready=3, missing=0)
    ready = {person.record_id: 0.0 for person in people[: PEOPLE // 2]}
    with CentralSimulator(people, token=TOKEN, ready_schedule=ready, clock=SystemClock()) as served:
        yield served


@api.parametrize()
@settings(max_examples=15, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
def test_every_answer_of_the_simulated_centre_is_as_described(
    case: schemathesis.Case[Any], centre: CentralSimulator
) -> None:
    """Whatever is asked, well-formed or not: no answer that is not described, no failure of the server.

    Left out: which questions it refuses. A cursor that it never gave is well-formed and refused, and it is lenient in
    what it does not need.
    """
    case.call_and_validate(
        centre.url,
        headers={"Authorization": f"Bearer {TOKEN}"},
        excluded_checks=[positive_data_acceptance, negative_data_rejection],
    )


def validator(name: str) -> jsonschema_rs.Validator:
    described = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))["components"]
    return jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{name}", "components": described})


RECORD = validator("Record")


@given(NEARLY_A_RECORD)
@settings(max_examples=300)
def test_a_record_that_giliran_takes_is_one_that_is_described(item: dict[str, Any]) -> None:
    """So that nobody who follows the description is surprised, and whoever breaks it finds out there."""
    page = messages.page({"records": [item], "next": "1", "more": False}, after=None, limit=1)
    if page.records:
        assert RECORD.is_valid(item), list(RECORD.iter_errors(item))


def test_what_is_described_as_wrong_giliran_refuses_and_its_own_example_is_right() -> None:
    assert RECORD.is_valid(GOOD)
    for field, value in (("record_id", "a b"), ("nik", "12"), ("name", ""), ("status", "x" * 65), ("district", 5)):
        item = {**GOOD, field: value}
        assert not RECORD.is_valid(item)
        assert not messages.page({"records": [item], "next": "1", "more": False}, after=None, limit=1).records
