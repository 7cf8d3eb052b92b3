"""Which verifier checks which kind, by the settings of now."""

from __future__ import annotations

from django.conf import settings

from messaging.models import CaptchaKind
from messaging.verifiers.aliyun import AccessKey, AliyunVerifier
from messaging.verifiers.base import Verifier
from messaging.verifiers.development import DevelopmentVerifier
from messaging.verifiers.geetest import GeetestV3Verifier, GeetestVerifier


def verifier_of(kind: str) -> Verifier | None:
    """The vendor's verifier, if its keys are set; else the development one; in production none."""
    timeout_seconds = settings.CAPTCHA_VERIFIER_TIMEOUT_SECONDS
    if kind == CaptchaKind.GEETEST and settings.GEETEST_ID and settings.GEETEST_KEY:
        return GeetestVerifier(
            site_id=settings.GEETEST_ID, key=settings.GEETEST_KEY, url=settings.GEETEST_URL, timeout_seconds=timeout_seconds
        )
    if kind == CaptchaKind.GEETEST_V3 and settings.GEETEST_V3_ID and settings.GEETEST_V3_KEY:
        return GeetestV3Verifier(
            site_id=settings.GEETEST_V3_ID,
            key=settings.GEETEST_V3_KEY,
            url=settings.GEETEST_V3_URL,
            timeout_seconds=timeout_seconds,
        )
    if kind == CaptchaKind.ALIYUN and settings.ALIYUN_CAPTCHA_ACCESS_KEY_ID and settings.ALIYUN_CAPTCHA_ACCESS_KEY_SECRET:
        return AliyunVerifier(
            access_key=AccessKey(settings.ALIYUN_CAPTCHA_ACCESS_KEY_ID, settings.ALIYUN_CAPTCHA_ACCESS_KEY_SECRET),
            app_key=settings.ALIYUN_CAPTCHA_APP_KEY,
            scenes=settings.ALIYUN_CAPTCHA_SCENES,
            url=settings.ALIYUN_CAPTCHA_URL,
            scene_id=settings.ALIYUN_CAPTCHA_SCENE_ID,
            intelligent_url=settings.ALIYUN_CAPTCHA_INTELLIGENT_URL,
            timeout_seconds=timeout_seconds,
        )
    return None if settings.PRODUCTION else DevelopmentVerifier()
