"""What the pages for patients say, by language: gettext catalogues."""
# ruff: noqa: A005  # imported as `scheduler.locale`; the standard module of that name is never used
