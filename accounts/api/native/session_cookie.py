"""The session's token as a cookie, for browser applications that had better not keep it themselves."""

from __future__ import annotations

from django.conf import settings

from accounts.api.authentication import require_own_page
from accounts.api.native.calls import client_of, session_of
from accounts.errors import CredentialsDisagree, CrossSite
from accounts.services import sessions
from config.dialects.native.dialect import NativeView
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.operations import Answer, Call, Cookie, Needs, operation


class SessionCookie(NativeView):
    """`PUT|DELETE /api/v1/session-cookie`: keep the token in a cookie that scripts can't read; log out and forget it."""

    @operation(
        needs=Needs(level="pre2fa"),
        summary="Keep the session in a cookie",
        refusals=(CrossSite, CredentialsDisagree),
    )
    def put(self, call: Call) -> Answer:
        """Set it. A page of ours has to ask, with the token in the header; after each rise it asks again."""
        require_own_page(call.request)
        text = call.request.headers.get("Authorization", "").partition(" ")[2].strip()
        if not text:
            raise Absent(thing="token in the Authorization header")
        left = session_of(call).expires_at - now()
        return Answer(None, cookies=(Cookie(settings.SESSION_TOKEN_COOKIE, text, max_age=int(left.total_seconds())),))

    @operation(needs=Needs(level="pre2fa"), summary="Log out and forget the cookie", refusals=(CrossSite, CredentialsDisagree))
    def delete(self, call: Call) -> Answer:
        """End the session and take the cookie back."""
        sessions.revoke(user=call.user, name="current", current=session_of(call), client=client_of(call))
        return Answer(None, cookies=(Cookie(settings.SESSION_TOKEN_COOKIE, "", max_age=0),))
