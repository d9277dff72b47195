"""Settings: pulih.toml as frozen values, and every fault of it with its line."""

from pulih.adapters.config.reading import Fault, check_config, read_config
from pulih.adapters.config.settings import (
    DeskSettings,
    DeskTable,
    HookTable,
    MaintenanceTable,
    OidcTable,
    ProbesTable,
    ProbeTable,
    PublishTable,
    ReadingTable,
    ServerTable,
    SiteTable,
    StorageTable,
)

__all__ = [
    "DeskSettings",
    "DeskTable",
    "Fault",
    "HookTable",
    "MaintenanceTable",
    "OidcTable",
    "ProbeTable",
    "ProbesTable",
    "PublishTable",
    "ReadingTable",
    "ServerTable",
    "SiteTable",
    "StorageTable",
    "check_config",
    "read_config",
]
