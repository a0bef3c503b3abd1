"""METRICS_FILE: the last round as a Prometheus textfile, for the textfile collector of node_exporter.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ddns.core.addresses.families import FAMILIES, Known
from ddns.core.memory import Memory
from ddns.core.reports.roundreport import RoundReport

_GOOD = frozenset({"unchanged", "changed"})
Labels = dict[str, str]


class _Metric(NamedTuple):
    name: str
    kind: str
    help: str
    samples: tuple[tuple[Labels, float], ...]


def render(report: RoundReport, memory: Memory, version: str) -> str:
    """Return the text. ``memory`` is the one after the round."""
    return "".join(line for metric in _metrics(report, memory, version) for line in _lines(metric))


def _metrics(report: RoundReport, memory: Memory, version: str) -> Iterator[_Metric]:
    yield _one("info", "The running program.", 1.0, {"version": version})
    yield _one("round_success", "Whether the last round had no problem.", float(report.ok))
    yield _one("round_timestamp_seconds", "When the last round began.", report.started)
    yield _one("round_duration_seconds", "How long the last round took.", report.seconds)
    yield _one("round_changed", "Whether the last round changed anything.", float(report.changed))
    yield _one("round_api_requests", "Requests to Cloudflare in the last round.", float(report.requests))
    yield _one("rounds_total", "Rounds since the program was started.", float(memory.rounds))._replace(kind="counter")
    yield _one("undelivered_reports", "Notifications waiting to be sent again.", float(len(memory.undelivered)))
    yield _gauge("detected", "Whether the addresses of a family are known.", _detected(report))
    yield _gauge("record_ok", "Whether the records of a name are as they should be.", _records(report))
    yield _gauge("record_info", "The contents of the records of a name.", _contents(report))
    yield _gauge("list_ok", "Whether a WAF list is as it should be.", _lists(report))
    yield _gauge("place_ok", "Whether another place is as it should be.", _places(report))
    since = ((({"key": key}), began) for key, began in memory.failing)
    yield _gauge("failing_since_timestamp_seconds", "When a problem that lasts began.", since)


def _one(name: str, help_: str, value: float, labels: Labels | None = None) -> _Metric:
    return _gauge(name, help_, ((labels or {}, value),))


def _gauge(name: str, help_: str, samples: Iterable[tuple[Labels, float]]) -> _Metric:
    return _Metric(f"dormouse_{name}", "gauge", help_, tuple(samples))


def _detected(report: RoundReport) -> Iterator[tuple[Labels, float]]:
    for family in FAMILIES:
        found = [item.detected for item in report.detections if item.family == family]
        if found:
            yield {"family": str(family)}, float(all(isinstance(each, Known) for each in found))


def _records(report: RoundReport) -> Iterator[tuple[Labels, float]]:
    for item in report.records:
        yield {"name": item.name, "type": item.type}, float(item.status in _GOOD)


def _contents(report: RoundReport) -> Iterator[tuple[Labels, float]]:
    for item in report.records:
        if item.status in _GOOD:
            yield from (({"name": item.name, "type": item.type, "content": content}, 1.0) for content in item.new)


def _lists(report: RoundReport) -> Iterator[tuple[Labels, float]]:
    for item in report.places:
        if item.type == "LIST":
            yield {"list": item.name}, float(item.status in _GOOD)


def _places(report: RoundReport) -> Iterator[tuple[Labels, float]]:
    for item in report.places:
        if item.type != "LIST":
            yield {"place": item.name, "type": item.type}, float(item.status in _GOOD)


def _lines(metric: _Metric) -> Iterator[str]:
    if not metric.samples:
        return
    yield f"# HELP {metric.name} {metric.help}\n# TYPE {metric.name} {metric.kind}\n"
    for labels, value in metric.samples:
        inner = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
        yield f"{metric.name}{f'{{{inner}}}' if inner else ''} {value:.17g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
