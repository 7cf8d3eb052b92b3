"""The index of the native dialect: every endpoint, one line each."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(urlconf="config.dialects.native.urls_mounted"), name="native-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="native-schema"), name="native-docs"),
]
