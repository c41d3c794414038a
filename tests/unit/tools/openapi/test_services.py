"""The services of a workspace offer tools; who cannot be asked for a description is asked again, and nobody waits."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

from segue.http import Unreachable
from segue.tools.openapi.service import Service
from segue.tools.openapi.services import Services
from segue.tools.remote import Terms
from tests.shop_api import DESCRIPTION

URL = "https://docs.shop.example/openapi.yaml"
GONE = Unreachable("https://docs.shop.example/: no connection", was_sent=False)


class Docs:
    """What stands under a URL: nothing, until it is written."""

    def __init__(self) -> None:
        self.text = ""
        self.asked = 0
        self.gate = threading.Event()
        self.gate.set()

    def fetch(self, url: str, allow_private: bool) -> bytes:
        self.gate.wait(10)
        self.asked += 1
        if not self.text:
            raise GONE
        return self.text.encode()


def services(folder: Path, docs: Docs, *more: Service, **how: Any) -> Services:
    terms = {"getOrder": Terms(name="orders.lookup"), "refundOrder": Terms()}
    shop = Service(name="shop", description=URL, prefix="store", terms=terms, line=2)
    return Services([shop, *more], folder, environment={}, key=str, fetch=docs.fetch, **how)


def refreshed(found: Services) -> None:
    found.refresh()
    assert found._refreshing is not None
    found._refreshing.join(10)


def test_what_nobody_could_be_asked_about_is_unknown_and_asked_again_beside(tmp_path: Path) -> None:
    docs = Docs()
    found = services(tmp_path, docs)
    offer = found.offer(reach=True)
    assert (offer.tools, offer.unknown, [finding.severity for finding in offer.findings]) == (
        (),
        ("store", "orders.lookup"),
        ["warning"],
    )
    assert found.offer(reach=True).unknown  # and not asked again each time
    assert docs.asked == 1
    refreshed(found)
    assert (found.version, docs.asked) == (0, 2)
    docs.text = DESCRIPTION
    refreshed(found)
    assert found.version == 1
    offer = found.offer(reach=False)
    assert offer.unknown == ()
    assert [tool.name for tool in offer.tools][:2] == ["orders.lookup", "store.refundOrder"]
    refreshed(found)
    assert (found.version, docs.asked) == (1, 3)


def test_nothing_is_fetched_for_those_who_only_want_to_know_what_is_known(tmp_path: Path) -> None:
    docs = Docs()
    docs.text = DESCRIPTION
    found = services(tmp_path, docs)
    assert found.offer(reach=False).unknown
    assert docs.asked == 0
    assert found.offer(reach=True).tools
    assert services(tmp_path, docs).offer(reach=False).tools  # kept by the one before
    assert services(tmp_path, docs, again=True).offer(reach=False).tools
    assert docs.asked == 1
    services(tmp_path, docs, again=True).offer(reach=True)
    assert docs.asked == 2


def test_one_that_has_no_description_does_not_take_the_others_along(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(DESCRIPTION)
    more = Service(name="more", description="more.yaml", url="https://more.example", timeout=timedelta(seconds=1))
    broken = Service(name="broken", description="nowhere.yaml", line=9)
    found = services(tmp_path, Docs(), more, broken)
    offer = found.offer(reach=True)
    assert "more.getOrder" in [tool.name for tool in offer.tools]
    assert offer.unknown == ("store", "orders.lookup", "broken")
    assert "segue.toml:9:0 H101 service broken: nowhere.yaml cannot be read: No such file or directory" in map(
        str, offer.findings
    )
    refreshed(found)
    assert found.version == 0
    found.close()


def test_asking_again_is_done_once_at_a_time(tmp_path: Path) -> None:
    docs = Docs()
    found = services(tmp_path, docs)
    found.offer(reach=True)
    docs.gate.clear()
    found.refresh()
    first = found._refreshing
    found.refresh()
    assert found._refreshing is first
    docs.gate.set()
    refreshed(found)
