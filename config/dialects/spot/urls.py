"""The index of spot: every endpoint that is served, one line each, in the order of the document."""

from __future__ import annotations

from django.urls import path

from accounts.api import spot as accounts
from wallet.api.spot import balances, common, records, transfers, withdrawals

urlpatterns = [
    path("api/spot/v1/user/account", balances.UserAccount.as_view()),
    path("api/spot/v1/withdraw", withdrawals.Withdraw.as_view()),
    path("api/spot/v1/withdraw/cancel", withdrawals.WithdrawCancel.as_view()),
    path("api/spot/v1/inside_transfer", transfers.InsideTransfer.as_view()),
    path("api/spot/v1/inside_transfer/cancel", transfers.InsideTransferCancel.as_view()),
    path("api/spot/v1/withdraw_transfer/page", records.WithdrawTransferPage.as_view()),
    path("api/spot/v1/funds_transfer", transfers.FundsTransfer.as_view()),
    path("api/spot/v1/deposit/page", records.DepositPage.as_view()),
    path("api/spot/v1/deposit/address", common.DepositAddress.as_view()),
    path("api/spot/v1/common/coin/coin_network/list", common.CoinNetworks.as_view()),
    path("api/spot/v1/common/rate/list", common.Rates.as_view()),
    path("api/spot/v1/user/info", accounts.UserInfo.as_view()),
]
