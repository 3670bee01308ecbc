"""The web pages: plain HTML rendered here, one style sheet, no script."""

from api.pages.routes import mount

__all__ = ["mount"]
