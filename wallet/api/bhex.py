"""Opening futures on bhex. Source: bhex: 开通期货（合约）."""

from __future__ import annotations

from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.success import SUCCESS, SuccessOutput
from config.kit.operations import Call, Needs, operation
from kyc.errors import NotEntitled
from wallet.services import futures


class OpenFutures(BhexView):
    """POST /api/user/open/futures, also /api/user/open/contract. Source: bhex: 开通期货（合约）.

    The document shows no agreement: whoever asks agrees to the one in force.
    """

    @operation(needs=Needs(), output=SuccessOutput, rate="20/m", refusals=(NotEntitled,), summary="Open futures")
    def post(self, call: Call) -> object:
        """Once; asking again succeeds again."""
        futures.open_for(user=call.user)
        return SUCCESS
