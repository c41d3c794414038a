"""What the settings say of tools that run elsewhere, as the values that their adapters work with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from segue.settings.tools import HttpService, McpServer, RemoteTool
from segue.tools.mcp.oauth import OAuth
from segue.tools.mcp.server import Server
from segue.tools.openapi.service import Service
from segue.tools.remote import Terms


def servers(said: Mapping[str, McpServer], environment: Mapping[str, str], folder: Path) -> list[Server]:
    """Return the MCP servers, in the order of the file.

    Args:
        said: By name.
        environment: As `os.environ`: holds what programs may see and what headers are made of.
        folder: Of the workspace, where programs are started.
    """
    return [_server(name, server, environment, folder) for name, server in said.items()]


def services(said: Mapping[str, HttpService]) -> list[Service]:
    """Return the HTTP services, in the order of the file."""
    return [
        Service(
            name=name,
            description=one.description,
            url=one.url,
            auth=one.auth,
            scheme=one.scheme,
            idempotency=one.idempotency,
            allow_private=one.allow_private,
            timeout=one.timeout,
            prefix=one.prefix,
            tools=one.tools,
            terms={id_: terms(tool) for id_, tool in one.tool.items()},
            line=one.line,
        )
        for name, one in said.items()
    ]


def terms(said: RemoteTool) -> Terms:
    """Return how far a tool goes."""
    return Terms(
        effect=said.effect,
        trusted=said.trusted,
        approve=said.approve,
        integrity=said.integrity,
        requires=said.requires,
        provides=said.provides,
        owner=said.owner,
        result=said.result,
        timeout=said.timeout,
        name=said.name,
        line=said.line,
    )


def _server(name: str, said: McpServer, environment: Mapping[str, str], folder: Path) -> Server:
    seen = [variable for variable in ("PATH", *said.env) if variable in environment]
    return Server(
        name=name,
        command=said.command,
        url=said.url,
        env={variable: environment[variable] for variable in seen},
        folder=str(folder),
        headers={header: environment.get(variable, "") for header, variable in said.headers.items()},
        oauth=_oauth(said, environment) if said.oauth else None,
        missing=tuple(variable for variable in _needed(said) if not environment.get(variable)),
        allow_private=said.allow_private,
        timeout=said.timeout,
        prefix=said.prefix,
        taken=said.tools,
        terms={tool: terms(one) for tool, one in said.tool.items()},
        elicitation=said.elicitation,
        line=said.line,
    )


def _needed(said: McpServer) -> list[str]:
    """Return the environment variables without which a server is not reached."""
    return [*said.env, *said.headers.values(), *(name for name in (said.oauth_id, said.oauth_secret) if name)]


def _oauth(said: McpServer, environment: Mapping[str, str]) -> OAuth:
    return OAuth(
        client_id=environment.get(said.oauth_id, ""),
        client_secret=environment.get(said.oauth_secret, ""),
        metadata_url=said.oauth_document,
    )
