"""What the settings say of MCP servers becomes what their adapter works with, and no more of the environment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from segue.settings import parse
from segue.settings.servers import servers
from segue.tools.mcp.oauth import OAuth

TEXT = """
[tools.mcp.crm]
command = ["crm", "--quiet"]
env = ["CRM_TOKEN", "CRM_ZONE"]
tools = ["find"]
[tools.mcp.crm.tool.find]
effect = "read"
timeout = "5 s"
[tools.mcp.wiki]
url = "https://wiki.example/mcp"
headers = {Authorization = "WIKI_AUTH"}
oauth = true
oauth_id = "WIKI_ID"
"""
ENVIRONMENT = {"PATH": "/bin", "HOME": "/root", "CRM_TOKEN": "t", "WIKI_AUTH": "Bearer w", "OTHER_SECRET": "s"}


def test_a_program_sees_what_was_named_and_its_path() -> None:
    crm, wiki = servers(parse(TEXT, {})[0].tools.mcp, ENVIRONMENT, Path("/shop"))
    assert crm.env == {"PATH": "/bin", "CRM_TOKEN": "t"}
    assert crm.missing == ("CRM_ZONE",)
    assert (crm.command, crm.folder, crm.taken) == (("crm", "--quiet"), "/shop", ("find",))
    assert (crm.terms["find"].effect, crm.terms["find"].timeout) == ("read", timedelta(seconds=5))
    assert (crm.terms_of("other").effect, crm.terms_of("other").approve) == ("once", "true")
    assert wiki.headers == {"Authorization": "Bearer w"}
    assert wiki.missing == ("WIKI_ID",)
    assert wiki.oauth == OAuth()


def test_no_secret_is_shown() -> None:
    for server in servers(parse(TEXT, {})[0].tools.mcp, {**ENVIRONMENT, "WIKI_ID": "i"}, Path("/shop")):
        assert "Bearer w" not in repr(server)
        assert "CRM_TOKEN" not in repr(server).replace("missing", "")
