from django.apps import AppConfig


class ReceivablesConfig(AppConfig):
    name = "receivables"

    def ready(self) -> None:
        from receivables import checks  # noqa: F401, PLC0415 # registers them; models are loaded by now
