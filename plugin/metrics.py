"""Numbers for Prometheus, in a registry of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from plugin.domain.storing import StoreStatus

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Metrics:
    """What the service counts. Safe to call from any thread."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
        from prometheus_client.metrics import disable_created_metrics

        # Half as many series again, which nobody looks at.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.deliveries = Counter(
            "deskladder_deliveries",
            "Webhook calls by outcome",
            ["helpdesk", "outcome"],
            registry=self.registry,
        )
        self.asked = Counter(
            "deskladder_asked",
            "Requests by people with a link and by other systems, by door and status",
            ["door", "status"],
            registry=self.registry,
        )
        self.looks = Counter(
            "deskladder_looks",
            "Tickets read and decided, or why not",
            ["helpdesk", "outcome"],
            registry=self.registry,
        )
        self.lag = Histogram(
            "deskladder_lag_seconds",
            "From a delivery to its stored plan",
            registry=self.registry,
            buckets=_BUCKETS,
        )
        self.firings = Counter(
            "deskladder_rule_firings", "Rules that fired", ["rule"], registry=self.registry
        )
        self.ladder_steps = Counter(
            "deskladder_ladder_steps",
            "Steps of escalations: a level entered, acknowledged, avoided, exhausted …",
            ["policy", "step"],
            registry=self.registry,
        )
        self.actions = Counter(
            "deskladder_actions",
            "Actions by outcome",
            ["helpdesk", "action", "outcome"],
            registry=self.registry,
        )
        self.found_by_reconcile = Counter(
            "deskladder_reconcile_found",
            "Changed tickets no webhook told about",
            ["helpdesk"],
            registry=self.registry,
        )
        self.reloads = Counter(
            "deskladder_config_reloads",
            "Attempts to read a changed file",
            ["outcome"],
            registry=self.registry,
        )
        self.config_ok = Gauge(
            "deskladder_config_ok",
            "1 when the file on disk is the one in use",
            registry=self.registry,
        )
        self.config_loaded_at = Gauge(
            "deskladder_config_loaded_timestamp_seconds",
            "When the configuration in use was read",
            registry=self.registry,
        )
        self.tick_at = Gauge(
            "deskladder_tick_timestamp_seconds",
            "Heartbeat of the scheduler",
            registry=self.registry,
        )
        self.reachable = Gauge(
            "deskladder_helpdesk_reachable",
            "1 when the last call to the helpdesk was answered",
            ["helpdesk"],
            registry=self.registry,
        )
        self.doctor = Gauge(
            "deskladder_doctor_findings",
            "What the daily self-check found, by level",
            ["level"],
            registry=self.registry,
        )
        self.doctor_at = Gauge(
            "deskladder_doctor_timestamp_seconds",
            "When the last self-check ended",
            registry=self.registry,
        )

    def watch_store(self, status: Callable[[], StoreStatus]) -> None:
        """Show the store's figures, read at each scrape."""
        self.registry.register(_StoreCollector(status))

    def watch_breakers(self, states: Callable[[], Mapping[str, str]]) -> None:
        """Show which circuit breakers are not closed; `states` maps a helpdesk to its state."""
        self.registry.register(_BreakerCollector(states))

    def render(self) -> bytes:
        """The text Prometheus reads."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)


class _StoreCollector:
    def __init__(self, status: Callable[[], StoreStatus]) -> None:
        self._status = status

    def describe(self) -> list[Any]:
        return []

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        status = self._status()
        figures = {
            "deliveries_waiting": (status.deliveries_waiting, "Deliveries not yet worked on"),
            "oldest_waiting_seconds": (
                status.oldest_waiting_age or 0.0,
                "Age of the oldest waiting delivery",
            ),
            "tickets_known": (status.tickets_known, "Tickets in the store"),
            "timers": (status.timers, "Armed timers"),
            "dead_letters": (len(status.dead_letters), "Actions the helpdesk refused"),
            "rules_demoted": (len(status.demoted), "Rules the loop detector holds at observe"),
            "leases": (status.leases, "Tickets being worked on"),
        }
        for name, (value, text) in figures.items():
            yield GaugeMetricFamily(f"deskladder_{name}", text, value=value)
        ladders = GaugeMetricFamily(
            "deskladder_escalations", "Escalations that are not over", labels=["state"]
        )
        for phase, count in status.escalations_by_phase.items():
            ladders.add_metric([phase], count)
        yield ladders
        outbox = GaugeMetricFamily(
            "deskladder_actions_stored", "Actions in the store by state", labels=["state"]
        )
        for state, count in status.actions_by_state.items():
            outbox.add_metric([str(state)], count)
        yield outbox


class _BreakerCollector:
    def __init__(self, states: Callable[[], Mapping[str, str]]) -> None:
        self._states = states

    def describe(self) -> list[Any]:
        return []

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        text = "1 while the helpdesk is left alone after failures in a row"
        breakers = GaugeMetricFamily("deskladder_breaker_open", text, labels=["helpdesk"])
        for name, state in self._states().items():
            breakers.add_metric([name], float(state != "closed"))
        yield breakers
