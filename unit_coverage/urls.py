"""Addresses of this room."""

app_name = "unit_coverage"
urlpatterns = []
