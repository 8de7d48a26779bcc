"""Set the stage, play the stories, tell what happens, leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from plugin import clock
from plugin.demo.outside import Outside
from plugin.demo.stories import SEQUELS, STORIES, furnish, go_on, happen
from plugin.demo.timeline import Timeline
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError
from plugin.service import Service
from plugin.simulated.desk import SimulatedDesk

CONFIGS = {"zammad": "demo.yaml", "freescout": "demo-freescout.yaml"}
PATIENCE = 20.0  # seconds for the effects of one story
_LOOK = 0.1  # seconds between two looks


@dataclass(slots=True)
class Watch:
    """A clock that goes on by itself and can be moved forward: nobody waits an hour for a demo."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The demo's present."""
        return clock.now() + self.ahead


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that runs during the demo."""

    desk: SimulatedDesk
    service: Service
    timeline: Timeline
    watch: Watch


def config_file(helpdesk: str) -> Path:
    """The demo's own configuration: `config/` of a checkout, packed beside this file in a wheel."""
    name = CONFIGS[helpdesk]
    folders = (Path(__file__).parent / "config", Path(__file__).parents[2] / "config")
    found = next((folder / name for folder in folders if (folder / name).exists()), None)
    if found is None:
        raise DeskladderError(
            f"the demo needs {name}, which is in none of {', '.join(map(str, folders))}: run the"
            " demo from a checkout, a wheel or the container image"
        )
    return found


def new_desk(helpdesk: str) -> SimulatedDesk:
    """The simulated helpdesk of that kind, empty."""
    if helpdesk == "freescout":
        from plugin.simulated.freescout import SimulatedFreeScout

        return SimulatedFreeScout()
    from plugin.simulated.zammad import SimulatedZammad

    return SimulatedZammad()


@contextmanager
def stage(helpdesk: str, port: int, tell: Callable[[str], None]) -> Iterator[Stage]:
    """Start helpdesk, outside world and Deskladder; stop all of them in the other order."""
    with ExitStack() as stack:
        desk, outside, watch = new_desk(helpdesk), Outside(), Watch()
        desk.clock = watch.now
        furnish(desk)
        try:
            desk.start(port=port)
        except OSError as error:
            raise DeskladderError(
                f"--port {port}: cannot listen there ({error.strerror}); take another one, or leave"
                " it out for a free one"
            ) from error
        stack.callback(desk.stop)
        outside.start()
        stack.callback(outside.stop)
        folder = stack.enter_context(TemporaryDirectory(prefix="deskladder-demo-"))
        service = Service(
            config_file(helpdesk),
            environ=_environment(desk, outside, folder),
            bind="127.0.0.1:0",
            clock=watch.now,
        )
        service.start()
        stack.callback(service.stop)
        desk.connect_webhook(f"{service.url}/webhooks/demo")
        yield Stage(desk, service, Timeline(desk, service.store, outside, tell), watch)


def _environment(desk: SimulatedDesk, outside: Outside, folder: str) -> Mapping[str, str]:
    return {
        "DEMO_URL": desk.url,
        "DEMO_TOKEN": desk.token,
        "DEMO_WEBHOOK_SECRET": desk.webhook_secret,
        "DEMO_CRM_URL": outside.crm_url,
        "DEMO_NOTIFY_URL": outside.phone_url,
        "DESKLADDER_DATA": folder,
    }


def play(stage: Stage) -> list[str]:
    """Play the stories one after the other; the titles of those without any effect."""
    silent: list[str] = []
    tickets: list[int] = []
    for story in STORIES:
        stage.timeline.heading(story.title)
        tickets.append(happen(story, stage.desk))
        if not _told(stage, tickets[-1]):
            silent.append(story.title)
    for sequel in SEQUELS:
        stage.timeline.heading(sequel.title)
        stage.timeline.moved.clear()
        stage.watch.ahead += sequel.after
        stage.service.store.wake()
        go_on(sequel, stage.desk, tickets[0])
        if not _moved(stage, tickets[0]):
            silent.append(sequel.title)
    return silent


def _moved(stage: Stage, ticket: int) -> bool:
    """Tell until the ticket's escalation has moved and nothing is left to do."""
    return _until(stage, lambda: ticket in stage.timeline.moved)


def _told(stage: Stage, ticket: int) -> bool:
    """Tell until a rule fired on the ticket and nothing is left to do."""
    return _until(stage, lambda: ticket in stage.timeline.fired)


def _until(stage: Stage, happened: Callable[[], bool]) -> bool:
    pause = Event()
    end = clock.monotonic() + PATIENCE
    while clock.monotonic() < end:
        stage.timeline.poll()
        if happened() and _at_rest(stage):
            stage.timeline.poll()
            return True
        pause.wait(_LOOK)
    return False


def _at_rest(stage: Stage) -> bool:
    status = stage.service.store.status(stage.watch.now())
    open_states = ("planned", "claimed", "unknown")
    return not status.deliveries_waiting and not any(
        status.actions_by_state.get(state) for state in open_states
    )


def follow(stage: Stage, ended: Callable[[], bool]) -> None:
    """Go on telling until somebody ends it."""
    pause = Event()
    while not ended():
        stage.timeline.poll()
        pause.wait(0.5)
