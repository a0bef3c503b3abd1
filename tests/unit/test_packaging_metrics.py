"""The dashboard and the alert rules name metrics that the program writes. promtool: script/test-packages clusters."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import yaml

from ddns.core.addresses.families import Known
from ddns.core.entries import Source
from ddns.core.memory import Memory
from ddns.core.reports.roundreport import Detection, Result, RoundReport
from ddns.output.metrics import render

PACKAGING = Path(__file__).parents[2] / "packaging"
DASHBOARD: dict[str, Any] = json.loads((PACKAGING / "grafana" / "dormouse.json").read_text("utf-8"))
RULES: list[dict[str, Any]] = yaml.safe_load((PACKAGING / "prometheus" / "alerts.yaml").read_text("utf-8"))["groups"]
TESTS: list[dict[str, Any]] = yaml.safe_load((PACKAGING / "prometheus" / "alerts.test.yaml").read_text("utf-8"))[
    "tests"
]
ALERTS: list[dict[str, Any]] = [rule for group in RULES for rule in group["rules"]]
TARGETS: list[dict[str, Any]] = [target for panel in DASHBOARD["panels"] for target in panel["targets"]]
WORDS = {"rate", "time", "sum", "by", "or", "avg_over_time"}


def written() -> dict[str, set[str]]:
    """Return the labels of each metric of a round that has something of everything; Prometheus adds the instance."""
    results = (
        Result("a", "A", "changed", (), ("192.0.2.1",)),
        Result("x/y", "LIST", "unchanged"),
        Result("x/z", "GROUP", "unchanged"),
    )
    report = RoundReport(0.0, 1.0, (Detection(4, Source("local"), Known(())),), results)
    text = render(report, Memory(failing=(("x", 1.0),)), "1")
    found = re.findall(r"^(\w+)(?:{(.*)})? \S+$", text, re.MULTILINE)
    return {name: {"instance", *re.findall(r'(\w+)="', labels)} for name, labels in found}


def metrics(expression: str) -> list[str]:
    """Return the metrics that an expression names."""
    return re.findall(r"\bdormouse_\w+", expression)


def known_labels(expression: str) -> set[str]:
    """Return the labels that the metrics of an expression have."""
    return set().union(*(written()[name] for name in metrics(expression)))


def test_every_metric_is_one_that_the_program_writes() -> None:
    """And the dashboard shows each of them."""
    shown = {name for target in TARGETS for name in metrics(target["expr"])}
    assert shown == set(written())
    assert {name for rule in ALERTS for name in metrics(rule["expr"])} <= set(written())
    series = {name for test in TESTS for row in test["input_series"] for name in metrics(row["series"])}
    assert series == {name for rule in ALERTS for name in metrics(rule["expr"])}


def test_every_label_is_one_of_its_metric() -> None:
    """In legends, groupings and the texts of alerts."""
    for target in TARGETS:
        used = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
        for inner in re.findall(r"by \((.*?)\)", target["expr"]):
            used |= set(inner.split(", "))
        assert used <= known_labels(target["expr"]), target
    for rule in ALERTS:
        used = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
        assert used <= known_labels(rule["expr"]), rule["alert"]
        assert "instance" in used


def test_the_dashboard_is_whole() -> None:
    """Every panel has its number and place, says what it shows, and asks the chosen source for the chosen instances."""
    panels = DASHBOARD["panels"]
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    assert all(panel["title"] and panel["description"] and panel["targets"] for panel in panels)
    for one, other in itertools.combinations([panel["gridPos"] for panel in panels], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert beside or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
    assert max(panel["gridPos"]["x"] + panel["gridPos"]["w"] for panel in panels) == 24
    assert [one["name"] for one in DASHBOARD["templating"]["list"]] == ["datasource", "instance"]
    for target in TARGETS:
        assert target["datasource"]["uid"] == "${datasource}"
        assert target["expr"].count('{instance=~"$instance"}') == len(metrics(target["expr"]))
        assert set(re.findall(r"\b([a-z_]+) ?\(", target["expr"])) <= WORDS
    assert "id" not in DASHBOARD  # Grafana gives it one


def test_every_alert_is_tested() -> None:
    """Once when it fires, and once when it does not."""
    names = [rule["alert"] for rule in ALERTS]
    asked = [(each["alertname"], bool(each.get("exp_alerts"))) for test in TESTS for each in test["alert_rule_test"]]
    assert len(set(names)) == len(names)
    assert {name for name, fires in asked if fires} == {name for name, fires in asked if not fires} == set(names)
    assert all(rule["for"] and rule["labels"]["severity"] for rule in ALERTS)
