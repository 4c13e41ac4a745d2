"""The public check page: this address is printed on every certificate and stays for ever."""

app_name = "verification"
urlpatterns = []
