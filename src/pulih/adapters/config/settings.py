"""What may be set in pulih.toml: a frozen struct for each table; each key carries what is right for it.

A desk needs no settings to start. Secrets stand in files of their own and are named here by path, so that neither this
file nor the settings in memory can show one. docs/config.md describes every key, and a test compares the two.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pulih.adapters.config.channel_tables import (
    PushTable,
    SmsTable,
    StaffTable,
    SubscriptionsTable,
    TelegramTable,
    WebhookTable,
    WhatsAppTable,
)
from pulih.adapters.config.source_tables import SourceTable
from pulih.adapters.config.work_tables import ContactTable, EscalationTable, RecipientTable, ShiftTable, TmfTable
from pulih.model.reading import Service, Symptom

ProbeKind = Literal["dns", "tcp", "http"]
HookAdapter = Literal["standard", "alertmanager", "zammad", "zendesk", "chatwoot", "whatsapp"]
PublisherKind = Literal["folder", "rsync", "s3"]
RoleName = Literal["viewer", "duty", "approver", "admin"]
Name = Annotated[
    str,
    Meta(
        pattern=r"\A[a-z0-9][a-z0-9._-]{0,63}\Z",
        description="small letters, digits, dots, dashes and underscores, at most 64 of them, such as tickets",
    ),
]
# With "probe-" before it, it still fits the name of a source.
ProbeName = Annotated[
    str,
    Meta(
        pattern=r"\A[a-z0-9][a-z0-9._-]{0,49}\Z",
        description="small letters, digits, dots, dashes and underscores, at most 50 of them, such as dns-jakarta",
    ),
]
Files = Annotated[Path, Meta(description="the path of a file, from the folder of pulih.toml on")]


class DeskTable(msgspec.Struct, frozen=True, kw_only=True):
    """Whose desk it is."""

    name: Annotated[str, Meta(min_length=1, max_length=80, description="a name of at most 80 letters")] = "Pulih"
    language: Annotated[Literal["id", "en"], Meta(description='"id" for Indonesian or "en" for English')] = "id"
    mode: Annotated[
        Literal["operator", "independent"],
        Meta(
            description='"operator" for the desk of an operator, "independent" for a regulator, the press and the like'
        ),
    ] = "operator"
    operators: Annotated[
        tuple[str, ...], Meta(description='names of operators in the catalogue, such as ["xl", "smartfren"]')
    ] = ()
    zone: Annotated[str, Meta(description="WIB, WITA, WIT or an IANA name such as Asia/Jakarta")] = "WIB"
    false_alarms_per_week: Annotated[
        float, Meta(gt=0, le=100, description="a number above 0 and at most 100, such as 0.1")
    ] = 0.1
    speaker: Annotated[
        str, Meta(max_length=120, description="the name of who speaks for the desk in public, such as Sari Wulandari")
    ] = ""
    office: Annotated[str, Meta(max_length=120, description="the office of who speaks, such as Direktur Jaringan")] = ""
    holidays: Annotated[
        str,
        Meta(pattern=r"\A([A-Z]{2})?\Z", description='an ISO 3166 code such as "ID", or "" for no holidays'),
    ] = ""
    country: Annotated[
        str,
        Meta(pattern=r"\A[A-Z]{2}\Z", description='an ISO 3166 code such as "ID", whose rules of reporting bind'),
    ] = "ID"
    cadence: Annotated[
        Literal["house", "japan_2023", "acma_2024"],
        Meta(description='"house", "japan_2023" or "acma_2024" (docs/promises.md)'),
    ] = "house"
    catalogue: Files | None = None
    places: Files | None = None


class ServerTable(msgspec.Struct, frozen=True, kw_only=True):
    """Where the desk listens, and under which address people reach it."""

    host: Annotated[str, Meta(min_length=1, description="an address of this machine, such as 127.0.0.1")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="a port number from 1 to 65535")] = 8000
    address: Annotated[str, Meta(description="the address in people's browsers, such as https://desk.example.id")] = ""
    proxies: Annotated[tuple[str, ...], Meta(description='addresses of own reverse proxies, such as ["10.0.0.5"]')] = ()


class StorageTable(msgspec.Struct, frozen=True, kw_only=True):
    """Where what is kept goes, and for how long texts are kept."""

    database: Annotated[
        str, Meta(description="a PostgreSQL address without a password, such as postgresql+pg8000://pulih@db/pulih")
    ] = ""
    database_password_file: Files | None = None
    text_days: Annotated[int, Meta(ge=2, le=3650, description="a number of days from 2 to 3650")] = 30
    signal_days: Annotated[int, Meta(ge=100, le=3650, description="a number of days from 100 to 3650")] = 400


class ReadingTable(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the machine reading texts may take."""

    workers: Annotated[
        int, Meta(ge=0, le=64, description="a number of processes from 1 to 64, or 0 for what the cores allow")
    ] = 0


class ProbesTable(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for all own probes."""

    allow_networks: Annotated[
        tuple[str, ...], Meta(description='networks that are not public and may be probed, such as ["10.20.0.0/16"]')
    ] = ()
    at_once: Annotated[int, Meta(ge=1, le=64, description="a number of probes from 1 to 64")] = 8


class ProbeTable(msgspec.Struct, frozen=True, kw_only=True):
    """One target that the desk asks by itself, again and again."""

    name: ProbeName
    kind: Annotated[ProbeKind, Meta(description='"dns", "tcp" or "http"')]
    target: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=2000,
            description="dns: a name to ask for; tcp: host:port; http: an address that begins with http:// or https://",
        ),
    ]
    operator: Annotated[str, Meta(min_length=1, description="the operator whose service is measured")]
    service: Annotated[Service, Meta(description="a service, such as fixed_broadband or mobile_data")] = "any"
    symptom: Annotated[Symptom, Meta(description="what a failure means to customers, such as no_internet")] = (
        "no_internet"
    )
    place: Annotated[str, Meta(max_length=200, description="a region's code or name, such as 31.74")] = ""
    every_s: Annotated[float, Meta(ge=10, le=86_400, description="a number of seconds from 10 to 86400")] = 60
    timeout_s: Annotated[float, Meta(gt=0, le=30, description="a number of seconds, at most 30")] = 5
    server: Annotated[str, Meta(description="dns only: the name server to ask, such as 9.9.9.9 or 9.9.9.9:53")] = ""
    record: Annotated[
        Literal["A", "AAAA", "CNAME", "MX", "NS", "SOA", "TXT"], Meta(description="dns only: a record type, such as A")
    ] = "A"
    status: Annotated[
        int, Meta(ge=0, le=599, description="http only: the one status that is well, or 0 for any from 200 to 399")
    ] = 0


class MaintenanceTable(msgspec.Struct, frozen=True, kw_only=True):
    """One calendar of planned changes."""

    file: Files
    operator: Annotated[str, Meta(description="the operator whose changes these are, or nothing")] = ""


class HookTable(msgspec.Struct, frozen=True, kw_only=True):
    """One signed webhook: POST /v1/hooks/{source}."""

    source: Name
    adapter: Annotated[
        HookAdapter, Meta(description="standard, alertmanager, zammad, zendesk, chatwoot or whatsapp")
    ] = "standard"
    secret_file: Files
    former_secret_file: Files | None = None
    verify_token_file: Files | None = None
    operator: Annotated[str, Meta(description="the operator that is meant where a report names none")] = ""
    service: Annotated[Service, Meta(description="the service that is meant where a report names none")] = "any"
    place: Annotated[str, Meta(max_length=200, description="the place that is meant where a report names none")] = ""


class CareTable(msgspec.Struct, frozen=True, kw_only=True):
    """What agents who answer customers may ask."""

    subscribers_file: Files | None = None


class CreditTable(msgspec.Struct, frozen=True, kw_only=True):
    """Where the operator's tables for credits lie."""

    subscribers: Files | None = None
    presence: Files | None = None
    affected: Files | None = None
    memory: Annotated[str, Meta(pattern=r"\A[0-9]+\s*(MB|GB|MiB|GiB)\Z", description="a size such as 4GB or 900MB")] = (
        "4GB"
    )


class SiteTable(msgspec.Struct, frozen=True, kw_only=True):
    """The public site: whether there is one, its address, and for how long a copy may be believed."""

    on: Annotated[bool, Meta(description="true, or false for a desk without a public site")] = True
    address: Annotated[
        str,
        Meta(description="the address of the public site, such as https://status.example.id; the desk's when empty"),
    ] = ""
    hub: Annotated[
        str, Meta(description="the address of a WebSub hub that feeds name and that is told when they change")
    ] = ""
    stale_minutes: Annotated[int, Meta(ge=5, le=1440, description="a number of minutes from 5 to 1440")] = 15


class PublishTable(msgspec.Struct, frozen=True, kw_only=True):
    """One place where the public site is put, beside the desk's own."""

    name: Name
    kind: Annotated[PublisherKind, Meta(description='"folder", "rsync" or "s3"')]
    folder: Annotated[Path, Meta(description="folder only: its path, from the folder of pulih.toml on")] | None = None
    target: Annotated[
        str,
        Meta(
            pattern=r"\A([A-Za-z0-9_.][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*:/[^\x00-\x1f]*\Z|\A\Z",
            max_length=500,
            description="rsync only: host and folder, such as web@www.example.id:/srv/status",
        ),
    ] = ""
    key_file: Files | None = None
    known_hosts_file: Files | None = None
    port: Annotated[int, Meta(ge=1, le=65535, description="rsync only: the port of SSH, from 1 to 65535")] = 22
    bucket: Annotated[
        str,
        Meta(
            pattern=r"\A([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?\Z", description="s3 only: the bucket's name, such as status"
        ),
    ] = ""
    prefix: Annotated[
        str,
        Meta(
            pattern=r"\A([A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?\Z",
            max_length=200,
            description="s3 only: what stands before every path, such as status or www/status",
        ),
    ] = ""
    endpoint: Annotated[
        str,
        Meta(
            pattern=r"\A(https?://.+)?\Z", description="s3 only: address of the storage, such as https://s3.example.id"
        ),
    ] = ""
    region: Annotated[str, Meta(pattern=r"\A[a-z0-9-]{1,40}\Z", description="s3 only: its region")] = "us-east-1"
    access_key: Annotated[str, Meta(max_length=200, description="s3 only: the id of the access key")] = ""
    secret_file: Files | None = None
    timeout_s: Annotated[float, Meta(ge=1, le=600, description="a number of seconds from 1 to 600")] = 60


class WitnessTable(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody else who cosigns the public timeline."""

    key: Annotated[str, Meta(min_length=1, max_length=300, description="its verifier key, NAME+HASH+BASE64")]
    address: Annotated[
        str, Meta(pattern=r"\Ahttps?://.+\Z", description="where it takes heads, such as https://witness.example.org")
    ]


class OidcTable(msgspec.Struct, frozen=True, kw_only=True):
    """Sign-in through the organisation's own directory (OpenID Connect)."""

    label: Annotated[str, Meta(min_length=1, max_length=40, description="what its button says")] = "Single sign-on"
    issuer: Annotated[str, Meta(pattern="^https://", description="an address that begins with https://")]
    client_id: Annotated[str, Meta(min_length=1, description="the id under which the directory knows this desk")]
    client_secret_file: Files
    groups_claim: Annotated[str, Meta(min_length=1, description="the claim that lists a person's groups")] = "groups"
    roles: Annotated[
        dict[str, RoleName],
        Meta(description='which group has which role, such as { noc = "duty", heads = "approver" }'),
    ] = msgspec.field(default_factory=dict)


class MailTable(msgspec.Struct, frozen=True, kw_only=True):
    """The mail server over which subscribers are written to, and as whom."""

    host: Annotated[str, Meta(min_length=1, description="the mail server, such as smtp.example.id")]
    port: Annotated[int, Meta(ge=1, le=65535, description="a port number from 1 to 65535")] = 587
    security: Annotated[
        Literal["starttls", "tls", "none"],
        Meta(description='"starttls", "tls" from the first byte, or "none" for a server on this machine'),
    ] = "starttls"
    user: Annotated[str, Meta(description="the name with which the desk signs in, or nothing")] = ""
    password_file: Files | None = None
    sender: Annotated[str, Meta(min_length=1, description="the address that mail comes from, such as kabar@example.id")]
    answers: Annotated[str, Meta(description="the address to which answers go, such as halo@example.id")] = ""
    per_second: Annotated[float, Meta(ge=0, le=10_000, description="a number up to 10000; 0 for as many as go")] = 0
    at_once: Annotated[int, Meta(ge=1, le=100, description="a number of connections from 1 to 100")] = 20


class DeskSettings(msgspec.Struct, frozen=True, kw_only=True):
    """All of pulih.toml."""

    desk: DeskTable = DeskTable()
    server: ServerTable = ServerTable()
    storage: StorageTable = StorageTable()
    reading: ReadingTable = ReadingTable()
    probes: ProbesTable = ProbesTable()
    probe: tuple[ProbeTable, ...] = ()
    maintenance: tuple[MaintenanceTable, ...] = ()
    hook: tuple[HookTable, ...] = ()
    care: CareTable = CareTable()
    credit: CreditTable = CreditTable()
    oidc: OidcTable | None = None
    mail: MailTable | None = None
    site: SiteTable = SiteTable()
    publish: tuple[PublishTable, ...] = ()
    witness: tuple[WitnessTable, ...] = ()
    push: PushTable | None = None
    telegram: TelegramTable | None = None
    whatsapp: WhatsAppTable | None = None
    sms: SmsTable | None = None
    subscriptions: SubscriptionsTable = SubscriptionsTable()
    webhook: tuple[WebhookTable, ...] = ()
    source: tuple[SourceTable, ...] = ()
    staff: tuple[StaffTable, ...] = ()
    tmf: TmfTable = TmfTable()
    escalation: EscalationTable = EscalationTable()
    contact: tuple[ContactTable, ...] = ()
    recipient: tuple[RecipientTable, ...] = ()
    shift: tuple[ShiftTable, ...] = ()
