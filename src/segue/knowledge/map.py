"""How the documents of a library lead to each other, learned from it once a revision."""

from __future__ import annotations

import threading
from collections import defaultdict

from segue.knowledge.documents import Documents
from segue.knowledge.explore import Place, Surroundings
from segue.knowledge.lexical import stems
from segue.knowledge.names import Names, tied
from segue.knowledge.scope import Scope

MOST_SAYINGS = 20_000
"""Passages that names are learned from, the newest ones."""

NOTHING: frozenset[str] = frozenset()


class Map:
    """Names and links of a library; safe to use from any thread.

    Linked are documents of which one points to the other, and those that mention the same rare identifier.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._revision = -1
        self._about: dict[str, frozenset[str]] = {}
        """Stems of the name in each title."""
        self._links: dict[int, list[int]] = {}
        self._guard = threading.Lock()

    def around(self, wanted: Scope) -> Surroundings:
        """Return what is around any document, of those that are wanted."""
        with self._guard:
            self._learn()
            about, links = self._about, self._links
        places = {
            each.document: Place(each.path, about.get(each.title, NOTHING), each.audience == "internal")
            for each in self._documents.titles(wanted)
        }
        admitted = {
            document: [other for other in links.get(document, ()) if other in places]
            for document in places
            if document in links
        }
        return Surroundings(places, stems, admitted)

    def _learn(self) -> None:
        revision = self._documents.state().revision
        if revision == self._revision:
            return
        titles = self._documents.all_titles()
        sayings = self._documents.sayings(MOST_SAYINGS)
        names = Names(titles, (text for _, text in sayings))
        self._about = {title: frozenset(stems(names.of(title))) for title in titles}
        links = defaultdict(list, tied(sayings))
        for document, other in self._documents.links():
            for one, its in ((document, other), (other, document)):
                if its not in links[one]:
                    links[one].append(its)
        self._links = dict(links)
        self._revision = revision
