"""HTTP services, described by OpenAPI: their operations as tools."""
