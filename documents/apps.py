from django.apps import AppConfig
from reportlab import rl_config


class DocumentsConfig(AppConfig):
    name = "documents"

    def ready(self):
        # letters and digits for mail programs of long ago: a fifth more bytes, and the time to write them
        rl_config.useA85 = 0
