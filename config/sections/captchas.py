"""Settings of captchas."""

from __future__ import annotations

from config.sections.mode import env

CAPTCHA_OWN_KINDS = ("picture", "proof_of_work")
CAPTCHA_OUTSIDE_KINDS = ("geetest", "geetest_v3", "aliyun")
CAPTCHA_KINDS = env.list("CAPTCHA_KINDS", default=["picture", "proof_of_work"])
"""Which captchas are offered, the preferred one first. One of our own must be among them: when a vendor does not
answer, nothing is let through, and the others are what customers fall back to."""
CAPTCHA_LIFETIME_SECONDS = env.integer("CAPTCHA_LIFETIME_SECONDS", default=300)
"""From drawing to answering; at most 600."""
CAPTCHA_DRAWS_PER_ADDRESS_PER_MINUTE = env.integer("CAPTCHA_DRAWS_PER_ADDRESS_PER_MINUTE", default=30)
CAPTCHA_DRAWS_PER_ADDRESS_PER_HOUR = env.integer("CAPTCHA_DRAWS_PER_ADDRESS_PER_HOUR", default=300)
"""Captchas drawn for one address (IPv6: /56)."""
CAPTCHA_WORK_ITERATIONS = env.integer("CAPTCHA_WORK_ITERATIONS", default=1000)
"""PBKDF2-SHA-256 iterations of one try at a proof of work. Our own cost is one try for each challenge drawn."""
CAPTCHA_WORK_TRIES_MAX = env.integer("CAPTCHA_WORK_TRIES_MAX", default=4000)
"""Tries that the longest proof of work takes; the mean is half of it. With both defaults a solver computes two million
iterations in the mean, four at the most: half a second to a second of one server core, a multiple of that on a phone."""
CAPTCHA_VERIFIER_TIMEOUT_SECONDS = env.integer("CAPTCHA_VERIFIER_TIMEOUT_SECONDS", default=5)
"""How long a vendor may take for one answer, all in all."""
CAPTCHA_REFUSALS_PER_ADDRESS_PER_HOUR = env.integer("CAPTCHA_REFUSALS_PER_ADDRESS_PER_HOUR", default=60)
"""Captchas that a vendor refused, from one address (IPv6: /56)."""
CAPTCHA_APP_CHECKS_PER_ADDRESS_PER_HOUR = env.integer("CAPTCHA_APP_CHECKS_PER_ADDRESS_PER_HOUR", default=20)
"""Captchas of apps, which bring a session id and nothing more, from one address, right ones too."""
CAPTCHA_APP_CHECKS_PER_DEVICE_PER_HOUR = env.integer("CAPTCHA_APP_CHECKS_PER_DEVICE_PER_HOUR", default=10)
"""The same from what calls itself one device."""

GEETEST_ID = env.text("GEETEST_ID", default="")
GEETEST_KEY = env.text("GEETEST_KEY", default="")
GEETEST_URL = env.text("GEETEST_URL", default="https://gcaptcha4.geetest.com")
"""Geetest, version 4."""
GEETEST_V3_ID = env.text("GEETEST_V3_ID", default="")
GEETEST_V3_KEY = env.text("GEETEST_V3_KEY", default="")
GEETEST_V3_URL = env.text("GEETEST_V3_URL", default="https://api.geetest.com")
ALIYUN_CAPTCHA_ACCESS_KEY_ID = env.text("ALIYUN_CAPTCHA_ACCESS_KEY_ID", default="")
ALIYUN_CAPTCHA_ACCESS_KEY_SECRET = env.text("ALIYUN_CAPTCHA_ACCESS_KEY_SECRET", default="")
ALIYUN_CAPTCHA_APP_KEY = env.text("ALIYUN_CAPTCHA_APP_KEY", default="")
ALIYUN_CAPTCHA_SCENES = env.list("ALIYUN_CAPTCHA_SCENES", default=["ic_message"])
ALIYUN_CAPTCHA_URL = env.text("ALIYUN_CAPTCHA_URL", default="https://afs.aliyuncs.com")
"""Aliyun's first generation: sessions and signatures."""
ALIYUN_CAPTCHA_SCENE_ID = env.text("ALIYUN_CAPTCHA_SCENE_ID", default="")
ALIYUN_CAPTCHA_INTELLIGENT_URL = env.text("ALIYUN_CAPTCHA_INTELLIGENT_URL", default="https://captcha.cn-shanghai.aliyuncs.com")
"""Aliyun's second generation: CaptchaVerifyParam."""

if unknown := [kind for kind in CAPTCHA_KINDS if kind not in CAPTCHA_OWN_KINDS + CAPTCHA_OUTSIDE_KINDS]:
    env.unreadable.append(f"CAPTCHA_KINDS names {', '.join(unknown)}, which is no kind of captcha")
if not set(CAPTCHA_KINDS) & set(CAPTCHA_OWN_KINDS):
    env.unreadable.append(f"CAPTCHA_KINDS must name {' or '.join(CAPTCHA_OWN_KINDS)}: others can fail without us")
if len(set(CAPTCHA_KINDS)) != len(CAPTCHA_KINDS):
    env.unreadable.append("CAPTCHA_KINDS names a kind twice")
if not 30 <= CAPTCHA_LIFETIME_SECONDS <= 600:
    env.unreadable.append("CAPTCHA_LIFETIME_SECONDS must be between 30 and 600")
if not 1 <= CAPTCHA_VERIFIER_TIMEOUT_SECONDS <= 30:
    env.unreadable.append("CAPTCHA_VERIFIER_TIMEOUT_SECONDS must be between 1 and 30")
if not (1 <= CAPTCHA_WORK_ITERATIONS <= 1_000_000 and 1 <= CAPTCHA_WORK_TRIES_MAX <= 10_000_000):
    env.unreadable.append("CAPTCHA_WORK_ITERATIONS and CAPTCHA_WORK_TRIES_MAX must be between 1 and some millions")
