"""The index of the native dialect: every endpoint, one line each."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from kyc.api import native as kyc

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(urlconf="config.dialects.native.urls_mounted"), name="native-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="native-schema"), name="native-docs"),
    path("kyc", kyc.Overview.as_view()),
    path("kyc/basic", kyc.Basic.as_view()),
    path("kyc/phone", kyc.Phone.as_view()),
    path("kyc/documents", kyc.Documents.as_view()),
    path("kyc/applications", kyc.Applications.as_view()),
]
