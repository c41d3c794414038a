"""All HTTP services of a workspace, and the tools that come of them; a `Source` of the toolbox."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from segue.tools.openapi.load import Loaded, load
from segue.tools.openapi.service import Service
from segue.tools.openapi.source import Fetch
from segue.tools.toolbox import Offer


class Services:
    """The services, their descriptions read when they are first needed; used from several threads."""

    def __init__(
        self,
        services: Sequence[Service],
        workspace: Path,
        *,
        environment: Mapping[str, str],
        key: Callable[[], str],
        again: bool = False,
        fetch: Fetch | None = None,
    ) -> None:
        """Read nothing yet.

        Args:
            services: Each of another name.
            workspace: Its folder.
            environment: As `os.environ`: holds credentials.
            key: Gives the idempotency key of the call that is being made.
            again: Whether descriptions that were fetched before are fetched again.
            fetch: Fetches descriptions, instead of the network.
        """
        self._services = tuple(services)
        self._workspace = workspace
        self._environment = environment
        self._key = key
        self._again = again
        self._fetch = fetch
        self._guard = threading.Lock()
        self._loaded: dict[str, Loaded] = {}
        self._refreshing: threading.Thread | None = None
        self.version = 0
        """Grows whenever a description has come that was not there before."""

    def __len__(self) -> int:
        return len(self._services)

    def offer(self, *, reach: bool) -> Offer:
        """Return the tools of all services; without `reach`, no description is fetched."""
        loaded = [(service, self._load(service, reach=reach)) for service in self._services]
        return Offer(
            tools=tuple(tool for _, each in loaded for tool in each.tools),
            findings=tuple(finding for _, each in loaded for finding in each.findings),
            unknown=tuple(begun for service, each in loaded if not each.is_known for begun in service.begins),
        )

    def refresh(self) -> None:
        """Fetch the descriptions that could not be fetched, without waiting for them."""
        if self._refreshing is None or not self._refreshing.is_alive():
            self._refreshing = threading.Thread(target=self._fetch_missing, name="segue-openapi", daemon=True)
            self._refreshing.start()

    def close(self) -> None:
        """Do nothing: a call's connection ends with the call."""

    def _load(self, service: Service, *, reach: bool) -> Loaded:
        with self._guard:
            known = self._loaded.get(service.name)
        if known is not None:
            return known
        found = self._read(service, reach=reach)
        if reach or found.is_known:
            with self._guard:
                self._loaded.setdefault(service.name, found)
        return found

    def _fetch_missing(self) -> None:
        for service in self._services:
            known = self._loaded.get(service.name)
            if known is not None and not known.is_known and service.is_elsewhere:
                found = self._read(service, reach=True)
                if found.is_known:
                    with self._guard:
                        self._loaded[service.name] = found
                        self.version += 1

    def _read(self, service: Service, *, reach: bool) -> Loaded:
        return load(
            service,
            self._workspace,
            environment=self._environment,
            key=self._key,
            reach=reach,
            again=self._again,
            fetch=self._fetch,
        )
