"""Sixty set-ups broken in one way each: the doctor names the fault and what to do about it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from plugin.cli.main import run
from plugin.domain.storing import HEARTBEAT, STARTED, refused_call
from tests.story.ailments import Ailment, every
from tests.story.clinic import healthy
from tests.story.world import BILLING, HOSTS, World, wait_for

GOLDEN = Path(__file__).parents[1] / "golden" / "doctor"
AILMENTS = list(every())


@pytest.mark.parametrize("host", HOSTS)
def test_a_healthy_installation_gives_no_warning(host, tmp_path, monkeypatch, capsys):
    with healthy(host, tmp_path, monkeypatch) as clinic:
        code, diagnosis = clinic.doctor(capsys)

    unwell = [found for found in diagnosis["findings"] if found["level"] != "ok"]
    assert unwell == []
    assert (code, diagnosis["ok"]) == (0, True)
    assert len(diagnosis["findings"]) >= 14


@pytest.mark.parametrize("version", ["5.4.1", "6.0.0", "6.5.2", "7.0.0"])
def test_a_healthy_zammad_of_any_version_gives_no_warning(version, tmp_path, monkeypatch, capsys):
    with healthy("zammad", tmp_path, monkeypatch, version) as clinic:
        code, diagnosis = clinic.doctor(capsys)

    assert [found for found in diagnosis["findings"] if found["level"] != "ok"] == []
    assert code == 0


@pytest.mark.parametrize("ailment", AILMENTS, ids=str)
def test_the_doctor_names_the_fault_and_its_remedy(
    ailment: Ailment, golden, tmp_path, monkeypatch, capsys
):
    with healthy(ailment.host, tmp_path, monkeypatch) as clinic:
        ailment.break_it(clinic)

        code, diagnosis = clinic.doctor(capsys)
        told = [found for found in diagnosis["findings"] if found["level"] != "ok"]
        lines = [
            f"{found['level']} {found['check']}: {found['text']}\n  -> {found['remedy']}\n"
            for found in told
        ]
        text = clinic.plain("".join(lines))

    assert (ailment.level, ailment.check) in {(found["level"], found["check"]) for found in told}
    assert code == int(any(found["level"] == "error" for found in told))
    golden(GOLDEN / f"{ailment}.txt", text)


def test_each_golden_text_belongs_to_an_ailment():
    assert {file.stem for file in GOLDEN.glob("*.txt")} == {str(one) for one in AILMENTS}


def test_one_fault_is_one_finding():
    """Nobody shall have to find the cause among its consequences."""
    several = {
        file.stem: text.count("->")
        for file in GOLDEN.glob("*.txt")
        if (text := file.read_text(encoding="utf-8")).count("->") != 1
    }

    assert several == {}


def test_people_read_findings_with_their_remedies_below(tmp_path, monkeypatch, capsys):
    with healthy("zammad", tmp_path, monkeypatch) as clinic:
        clinic.desk.data.tables["triggers"].clear()
        capsys.readouterr()

        code = run(["doctor", *clinic.as_admin()])

    lines = capsys.readouterr().out.splitlines()
    at = next(place for place, line in enumerate(lines) if "ERROR" in line)
    assert "no trigger calls our webhook" in lines[at]
    assert lines[at + 1].strip() == "→ run deskladder install support"
    assert lines[-1] == "1 error."
    assert code == 1


def test_without_an_administrators_token_the_rest_is_examined(tmp_path, monkeypatch, capsys):
    with healthy("zammad", tmp_path, monkeypatch) as clinic:
        monkeypatch.setattr(clinic, "as_admin", list)

        code, diagnosis = clinic.doctor(capsys)

    webhook = next(one for one in diagnosis["findings"] if one["check"] == "webhook")
    assert "--token-env" in webhook["text"]
    assert (code, diagnosis["warnings"]) == (0, 0)


def test_no_secret_and_no_token_is_ever_shown(tmp_path, monkeypatch, capsys):
    with healthy("zammad", tmp_path, monkeypatch) as clinic:
        clinic.desk.data.tables["webhooks"][1]["signature_token"] = "last-years-secret"

        _, diagnosis = clinic.doctor(capsys)
        hidden = [clinic.desk.token, clinic.desk.webhook_secret, "zammad-admin-token"]

    shown = str(diagnosis)
    assert [secret for secret in (*hidden, "last-years-secret") if secret in shown] == []


def test_check_live_asks_about_names_only(tmp_path, monkeypatch, capsys):
    with healthy("zammad", tmp_path, monkeypatch) as clinic:
        clinic.edit("{group: Finance}", "{group: Finanze}")
        clinic.desk.data.tables["webhooks"].clear()
        capsys.readouterr()

        code = run(["check", "--live"])

    shown = capsys.readouterr().out
    assert code == 1
    assert "did you mean 'Finance'?" in " ".join(shown.split())
    assert "webhook" not in shown.partition("\n\n")[2]


def test_a_variable_that_is_not_set_is_no_token(tmp_path, monkeypatch, capsys):
    with healthy("zammad", tmp_path, monkeypatch):
        code = run(["doctor", "--token-env", "zammad-admin-token"])

    error = capsys.readouterr().err
    assert code == 1
    assert "the variable that --token-env names is not set" in error
    assert "zammad-admin-token" not in error


@pytest.mark.parametrize("host", HOSTS)
def test_the_service_examines_itself_and_shows_what_it_found(host, tmp_path):
    with World(host, tmp_path, webhooks=False) as world:
        service = world.start(doctor_first=0.1)

        wait_for(lambda: service.health.ready().details["doctor"]["at"])

        shown = service.health.ready().details["doctor"]
        metrics = service.metrics.render().decode()
    assert any("no webhook call has ever come" in text for text in shown["warnings"])
    assert shown["errors"] == []
    assert f'deskladder_doctor_findings{{level="warning"}} {len(shown["warnings"])}.0' in metrics
    assert "deskladder_doctor_timestamp_seconds" in metrics


def test_a_self_check_that_meets_a_dead_helpdesk_says_so_and_holds_nothing_up(tmp_path):
    with World("zammad", tmp_path) as world:
        world.desk.stop()

        service = world.start(doctor_first=0.1)

        wait_for(lambda: service.health.ready().details["doctor"]["at"])
        shown = service.health.ready().details["doctor"]
    assert any("Zammad does not answer" in text for text in shown["errors"])


def test_an_error_makes_the_service_degraded_and_still_ready(tmp_path):
    with World("zammad", tmp_path) as world:
        world.customer_writes("Where is my room?")  # Zammad 5 names its groups by a ticket only
        world.write_config(BILLING.replace("group: Finance", "group: Finanze"))

        service = world.start(doctor_first=0.1)

        wait_for(lambda: service.health.ready().details["doctor"]["at"])
        wait_for(lambda: service.health.ready().ok)
        assert service.health.ready().details["status"] == "degraded"


def test_no_address_of_a_person_leaves_through_ready(tmp_path):
    with World("zammad", tmp_path) as world:
        world.write_config(BILLING.replace("ana@example.com", "nobody.known@example.com"))

        service = world.start(doctor_first=0.1)

        wait_for(lambda: service.health.ready().details["doctor"]["at"])
        shown = str(service.health.ready().details)
    assert "no helpdesk has the agent" in shown
    assert "nobody.known@example.com" not in shown


def test_a_call_with_a_wrong_signature_is_remembered_for_the_doctor(tmp_path):
    with World("zammad", tmp_path, webhooks=False) as world:
        service = world.start()
        world.desk.webhook_secret = "another"
        world.desk.connect_webhook(world.webhook_url)

        world.customer_writes("my invoice")
        world.desk.settle()

        assert service.store.watermark(refused_call("support")) is not None


def test_the_heartbeat_and_the_start_are_kept_for_others(tmp_path):
    with World("zammad", tmp_path) as world:
        service = world.start()

        wait_for(lambda: service.store.watermark(HEARTBEAT))

        assert service.store.watermark(STARTED) <= service.store.watermark(HEARTBEAT)


def test_a_service_that_slept_with_its_machine_does_not_take_itself_for_dead(tmp_path):
    with World("zammad", tmp_path) as world:
        service = world.start()
        service._scheduler.stop()
        wait_for(lambda: service.store.watermark(HEARTBEAT))
        service._clock = lambda: world.now() + timedelta(hours=9)

        service._examine()

        told = service.health.ready().details["doctor"]["errors"]
    assert [text for text in told if "heartbeat" in text] == []


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("host", HOSTS)
def test_whatever_goes_wrong_meanwhile_the_doctor_ends_with_an_answer(
    host, seed, tmp_path, monkeypatch, capsys
):
    """Time-outs, resets, pages of proxies, cut answers: never a bug of ours, always a diagnosis."""
    with healthy(host, tmp_path, monkeypatch) as clinic:
        clinic.desk.faults.randomly(seed=seed, rate=0.4)

        code, diagnosis = clinic.doctor(capsys)

    unwell = [found for found in diagnosis["findings"] if found["level"] != "ok"]
    assert code == bool(unwell)
    assert {found["check"] for found in unwell} <= {"access"}
    assert all(found["remedy"] for found in unwell)


def test_the_token_goes_to_the_one_zammad_there_is(tmp_path, monkeypatch, capsys):
    with healthy("zammad", tmp_path, monkeypatch) as clinic:
        shop = (
            "  shop: {type: freescout, url: http://127.0.0.1:9, token: '${HELPDESK_TOKEN}', "
            "webhook_secret: '${HELPDESK_SECRET}', service_user: bot@example.com}\nservice:"
        )
        clinic.edit("service:", shop)

        _, diagnosis = clinic.doctor(capsys)

    found = {(one["about"], one["check"]): one["level"] for one in diagnosis["findings"]}
    assert found["support", "trigger"] == "ok"
    assert found["shop", "access"] == "error"


def test_only_the_helpdesks_asked_for_are_looked_at(tmp_path, monkeypatch, capsys):
    with healthy("zammad", tmp_path, monkeypatch) as clinic:
        code, diagnosis = clinic.doctor(capsys, "support")
        unknown = run(["doctor", "suport"])

    assert code == 0
    assert {one["about"] for one in diagnosis["findings"]} == {None, "support"}
    assert unknown == 1
    assert "there are support" in capsys.readouterr().err
