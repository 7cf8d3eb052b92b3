"""The tables of the wallet."""

from __future__ import annotations

from wallet.models.adjustments import Adjustment
from wallet.models.alarms import Alarm
from wallet.models.banks import BankLine, NostroAccount
from wallet.models.coins import Coin, CoinNetwork, Network
from wallet.models.conversions import Conversion, ConversionLimit, ConversionQuote, ConversionTerms, DustQuote
from wallet.models.deposit_resolutions import DepositResolution
from wallet.models.deposits import Deposit, DepositAddress, DepositEvent, WatchedBlock, WatcherCursor
from wallet.models.desk_claims import DeskClaim
from wallet.models.fiat_deposits import FiatDeposit, FiatReversal
from wallet.models.fiat_returns import FiatReturn
from wallet.models.fiat_withdrawals import (
    FiatWithdrawal,
    FiatWithdrawalDecision,
    FiatWithdrawalEvent,
    FiatWithdrawalRisk,
)
from wallet.models.funds_transfers import FundsTransfer, FundsTransferLimit
from wallet.models.futures import FuturesOpening
from wallet.models.ledger import Entry, LedgerAccount, PendingEntry, Posting
from wallet.models.liabilities import LiabilityNode, LiabilityProof
from wallet.models.outflow import OutflowCap, OutflowStop
from wallet.models.outgoing import OutgoingTransaction, ReservedOutput
from wallet.models.pairs import PairEvent
from wallet.models.payments import PaidService, Payment, PaymentEvent, PaymentLimit
from wallet.models.proving import AuditedTotal, AuditMark
from wallet.models.rates import Rate
from wallet.models.transfer_evidence import TransferDecision, TransferEvent, TransferRisk
from wallet.models.transfer_limits import TransferLimit, TransferPolicy
from wallet.models.transfers import Transfer
from wallet.models.travel_rule import TravelRuleRecord, TravelRuleThreshold
from wallet.models.trusted_addresses import TrustedAddress
from wallet.models.withdrawal_evidence import RiskResult, WithdrawalDecision, WithdrawalEvent
from wallet.models.withdrawal_limits import WithdrawalAllowance, WithdrawalLimit, WithdrawalPolicy
from wallet.models.withdrawals import Withdrawal

__all__ = [
    "Adjustment",
    "Alarm",
    "AuditMark",
    "AuditedTotal",
    "BankLine",
    "Coin",
    "CoinNetwork",
    "Conversion",
    "ConversionLimit",
    "ConversionQuote",
    "ConversionTerms",
    "Deposit",
    "DepositAddress",
    "DepositEvent",
    "DepositResolution",
    "DeskClaim",
    "DustQuote",
    "Entry",
    "FiatDeposit",
    "FiatReturn",
    "FiatReversal",
    "FiatWithdrawal",
    "FiatWithdrawalDecision",
    "FiatWithdrawalEvent",
    "FiatWithdrawalRisk",
    "FundsTransfer",
    "FundsTransferLimit",
    "FuturesOpening",
    "LedgerAccount",
    "LiabilityNode",
    "LiabilityProof",
    "Network",
    "NostroAccount",
    "OutflowCap",
    "OutflowStop",
    "OutgoingTransaction",
    "PaidService",
    "PairEvent",
    "Payment",
    "PaymentEvent",
    "PaymentLimit",
    "PendingEntry",
    "Posting",
    "Rate",
    "ReservedOutput",
    "RiskResult",
    "Transfer",
    "TransferDecision",
    "TransferEvent",
    "TransferLimit",
    "TransferPolicy",
    "TransferRisk",
    "TravelRuleRecord",
    "TravelRuleThreshold",
    "TrustedAddress",
    "WatchedBlock",
    "WatcherCursor",
    "Withdrawal",
    "WithdrawalAllowance",
    "WithdrawalDecision",
    "WithdrawalEvent",
    "WithdrawalLimit",
    "WithdrawalPolicy",
]
