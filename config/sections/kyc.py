"""Settings of the identity checks."""

from __future__ import annotations

from config.document_store import document_store
from config.sections.mode import PRODUCTION, VAR_DIR, env

KYC_STORE = document_store(env.text("KYC_STORAGE_URL", default=str(VAR_DIR / "kyc"), production_needs=True))
"""Where the sealed documents lie; its backend is STORAGES["kyc"]."""
KYC_IMAGING_PROCESSES = env.integer("KYC_IMAGING_PROCESSES", default=2)
"""Child processes that may read customers' files at once, for each web process."""
BANK_ACCOUNT_COOLDOWN_SECONDS = env.integer("BANK_ACCOUNT_COOLDOWN_SECONDS", default=24 * 3600 if PRODUCTION else 0)
"""How long after it was named a bank account that is not the customer's first takes no money."""
WATERMARK_FONTS = env.list("WATERMARK_FONTS", default=[])
"""Font files in which officers' names are drawn, tried before those that systems keep (`kyc.services.watermark`)."""
